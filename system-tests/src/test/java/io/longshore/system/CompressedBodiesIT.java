package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.RawHttp.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed bodies of calls other than inference: understood, and bounded when expanded. */
class CompressedBodiesIT {
    private static final int LIMIT = 1 << 20;
    private static final String TOO_LARGE =
            "Decompressed data size exceeds the maximum allowed value of 1048576 bytes.";

    @TempDir
    private static Path folder;

    private static LongshoreServer server;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository =
                new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("simple");
        server = LongshoreServer.start(
                repository.path(),
                "--model-control-mode=explicit",
                "--load-model=*",
                "--allow-client-shm=true",
                "--http-max-input-size=" + LIMIT);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void compressedBody_isUnderstood(String coding) throws IOException {
        Answer index = post("/v2/repository/index", coding, "{\"ready\":1}");
        assertThat(index.body()).contains("Invalid value for 'ready'");
        assertThat(post("/v2/repository/index", coding, "{\"ready\":true}").body())
                .contains("\"simple\"");
        String config = "{\"parameters\":{\"config\":\"{\\\"max_batch_size\\\":3}\"}}";
        assertThat(post("/v2/repository/models/simple/load", coding, config).status())
                .isEqualTo(200);
        Answer unload =
                post("/v2/repository/models/simple/unload", coding, "{\"parameters\":{\"unload_dependents\":7}}");
        assertThat(unload.status()).as(unload.body()).isEqualTo(400);
        Answer region = post("/v2/systemsharedmemory/region/r/register", coding, "{\"key\":\"/none\"}");
        assertThat(region.body()).contains("no 'byte_size' field");
        Answer handle = post("/v2/cudasharedmemory/region/r/register", coding, "{\"raw_handle\":{\"b64\":\"!\"}}");
        assertThat(handle.body()).contains("field");
        String rows = V2Client.simpleRequest(3).replace("inputs", "instances");
        Answer predicted = post("/v1/models/simple:predict", coding, rows);
        assertThat(predicted.status()).as(predicted.body()).isEqualTo(400);
        assertThat(predicted.body()).doesNotContain("compress");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void v1Request_isAnswered(String coding) throws IOException {
        String ones = "[" + "1,".repeat(15) + "1]";
        String row = "{\"instances\":[{\"INPUT0\":" + ones + ",\"INPUT1\":" + ones + "}]}";

        Answer answer = post("/v1/models/simple:predict", coding, row);

        assertThat(answer.body()).startsWith("{\"predictions\":[{\"OUTPUT0\":[2,2,");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/repository/index, gzip",
        "/v2/repository/models/simple/load, deflate",
        "/v2/repository/models/simple/unload, gzip",
        "/v1/models/simple:predict, gzip",
    })
    void bomb_isRefused(String path, String coding) throws IOException {
        Answer answer = post(path, coding, " ".repeat(50 * LIMIT));

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(TOO_LARGE);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/repository/index",
        "/v2/systemsharedmemory/region/r/register",
        "/v1/models/simple:predict",
        "/v2/models/simple/infer",
    })
    void brokenOrUnknownCoding_isRefused(String path) throws IOException {
        byte[] whole = compressed("gzip", "{\"x\":\"" + "abcdefgh".repeat(100) + "\"}");
        byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
        Answer broken = post(path, "gzip", half);
        assertThat(broken.status()).as(broken.body()).isEqualTo(400);
        assertThat(broken.body()).contains("the request body is not valid gzip");
        Answer unknown = post(path, "br", whole);
        assertThat(unknown.status()).isEqualTo(501);
        assertThat(unknown.headers().get("Accept-Encoding")).isEqualTo("gzip, deflate");
        assertThat(unknown.body()).isEqualTo("{\"error\":\"Unsupported compression type\"}");
    }

    private static Answer post(String path, String coding, String body) throws IOException {
        return post(path, coding, compressed(coding, body));
    }

    private static Answer post(String path, String coding, byte[] body) throws IOException {
        try (RawHttp http = new RawHttp(server)) {
            return http.post(path, "Content-Encoding: " + coding + "\r\n", body, body.length)
                    .read();
        }
    }

    private static byte[] compressed(String coding, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = coding.equals("gzip") ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
