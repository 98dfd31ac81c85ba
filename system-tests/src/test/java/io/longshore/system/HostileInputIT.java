package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.RawHttp.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that lie, dribble, flood and leave. After each of them the server answers as before. */
class HostileInputIT {
    private static final String INFER = "/v2/models/simple/infer";
    private static final int CROWD = 200;

    @TempDir
    private static Path folder;

    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository =
                new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("simple");
        server = LongshoreServer.start(repository.path(), "--http-max-input-size=1048576");
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void serverAnswersAsBefore() {
        assertThat(client.infer("simple", V2Client.simpleRequest(3)).body()).contains("\"data\":[4,5,6,7,8");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"inputs":                                                              | 400
                    []                                                                      | 400
                    null                                                                    | 400
                    {"inputs":[{"name":"INPUT0"}]}                                          | 400
                    {"inputs":[{"name":"INPUT0","shape":[-1],"datatype":"INT32","data":[1]}]} | 400
                    {"inputs":[{"name":"INPUT0","shape":[9223372036854775807,2],"datatype":"INT32","data":[1]}]} | 400
                    {"inputs":[{"name":"INPUT0","shape":[1,1000000000],"datatype":"INT32","data":[1]}]} | 400
                    {"inputs":[{"name":"INPUT0","shape":[1],"datatype":"INT33","data":[1]}]} | 400
                    {"inputs":[{"name":"INPUT0","shape":[1],"datatype":"INT32","data":["x"]}]} | 400
                    {"inputs":[{"name":"INPUT0","shape":[2],"datatype":"INT32","data":[1]}]} | 400
                    {"inputs":[{"name":"INPUT0","shape":[1],"datatype":"INT32","data":[1,2]}]} | 400
                    {"inputs":[]}                                                           | 400
                    {"id":7,"inputs":[]}                                                    | 400
                    """)
    void brokenJson_isRefusedWithAMessage(String body, int status) {
        V2Client.Reply reply = client.infer("simple", body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.error()).isNotBlank();
    }

    @Test
    void emptyBody_isRefused() {
        V2Client.Reply reply = client.infer("simple", "");
        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        assertThat(reply.error()).contains("The document is empty");
    }

    @Test
    void deepNesting_isRefused() {
        V2Client.Reply reply = client.infer("simple", "[".repeat(100_000));
        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        reply = client.infer(
                "simple",
                "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":" + "[".repeat(200));
        assertThat(reply.error()).contains("nesting");
    }

    @Test
    void bodyBeyondTheLimit_isRefusedWithTheOptionToRaiseIt() {
        V2Client.Reply reply = client.infer("simple", " ".repeat(2_000_000));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error())
                .isEqualTo("request JSON size of 2000000 bytes exceeds the maximum allowed input size of 1048576 bytes."
                        + " Use --http-max-input-size to increase the limit.");
    }

    @ParameterizedTest
    @CsvSource({"abc", "-5", "99999", "99999999999999999999"})
    void lyingInferenceHeaderContentLength_isRefused(String length) throws IOException {
        byte[] body = V2Client.simpleRequest(1).getBytes(StandardCharsets.UTF_8);
        try (RawHttp http = new RawHttp(server)) {
            Answer answer = http.post(INFER, "Inference-Header-Content-Length: " + length + "\r\n", body, body.length)
                    .read();
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).containsIgnoringCase("inference");
        }
    }

    @Test
    void bodyShorterThanAnnounced_nothingHangsAndNothingIsHeld() throws IOException {
        byte[] body = V2Client.simpleRequest(1).getBytes(StandardCharsets.UTF_8);
        try (RawHttp http = new RawHttp(server)) {
            http.post(INFER, "", body, body.length + 1000L).endOfInput();
        }
        try (RawHttp http = new RawHttp(server)) {
            http.post(INFER, "Inference-Header-Content-Length: 10\r\n", body, 1L << 30)
                    .endOfInput();
        }
    }

    @Test
    void gzipBomb_isRefusedBeforeItIsExpanded() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 100; i++) {
                gzip.write(blanks);
            }
        }
        try (RawHttp http = new RawHttp(server)) {
            Answer answer = http.post(INFER, "Content-Encoding: gzip\r\n", bomb.toByteArray(), bomb.size())
                    .read();
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        }
    }

    @Test
    void unknownContentCoding_isRefusedWithWhatIsKnown() throws IOException {
        try (RawHttp http = new RawHttp(server)) {
            Answer answer =
                    http.post(INFER, "Content-Encoding: br\r\n", new byte[4], 4).read();
            assertThat(answer.status()).isEqualTo(501);
            assertThat(answer.headers().get("Accept-Encoding")).isEqualTo("gzip, deflate");
        }
    }

    @Test
    void wrongPathsAndMethods_areAnsweredInJson() {
        assertThat(client.get("/nothing").error()).isEqualTo("Not Found");
        assertThat(client.get("/nothing").status()).isEqualTo(404);
        assertThat(client.get(INFER).status()).isEqualTo(405);
        assertThat(client.get("/v2/models/..%2F..%2Fetc").status()).isBetween(400, 404);
    }

    @Test
    void manySlowClients_othersAreServedAndNoThreadStays() throws Exception {
        long threadsBefore = server.threads();
        List<RawHttp> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < CROWD; i++) {
                RawHttp http = new RawHttp(server);
                crowd.add(http);
                http.post(INFER, "", "{\"inp".getBytes(StandardCharsets.UTF_8), 500);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(client.infer("simple", V2Client.simpleRequest(i)).status())
                        .isEqualTo(200);
            }
        } finally {
            for (RawHttp http : crowd) {
                http.close();
            }
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(server.threads()).isLessThan(threadsBefore + 50));
    }

    @Test
    void clientsThatLeaveAtOnce_areForgotten() throws IOException {
        byte[] body = V2Client.simpleRequest(1).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < CROWD; i++) {
            try (RawHttp http = new RawHttp(server)) {
                http.post(INFER, "", body, body.length);
            }
        }
    }
}
