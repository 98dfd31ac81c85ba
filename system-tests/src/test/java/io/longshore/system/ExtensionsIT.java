package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.OnnxModels;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Triton's extensions for classes, generated text and parameters, on the packaged server. */
class ExtensionsIT {
    private static final String GENERATE = "/v2/models/words/generate";
    private static final String STREAM = "/v2/models/words/generate_stream";

    @TempDir
    private static Path folder;

    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        repository
                .onnx("labelled", 1, OnnxModels.simple())
                .file("labelled/labels.txt", "zero\none\n\nthree".getBytes(StandardCharsets.UTF_8))
                .config("labelled", """
                        max_batch_size: 8
                        input [{ name: "INPUT0" data_type: TYPE_INT32 dims: [16] },
                               { name: "INPUT1" data_type: TYPE_INT32 dims: [16] }]
                        output [{ name: "OUTPUT0" data_type: TYPE_INT32 dims: [16] label_filename: "labels.txt" },
                                { name: "OUTPUT1" data_type: TYPE_INT32 dims: [16] }]""")
                .javaModel("words", WordsModel.class)
                .config("words", """
                        backend: "java"
                        model_transaction_policy { decoupled: true }
                        instance_group [{ count: 8 }]
                        parameters { key: "class" value { string_value: "%s" } }""".formatted(WordsModel.class.getName()));
        server = LongshoreServer.start(repository.path(), "--http-header-forward-pattern=^(suffix|triton_)");
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void classification_givesTheLargestWithTheirLabels() {
        String inputs = V2Client.simpleRequest(-12);
        Reply reply = client.infer("labelled", inputs.substring(0, inputs.length() - 1) + """
                ,"outputs":[{"name":"OUTPUT1","parameters":{"classification":2}},\
                {"name":"OUTPUT0","parameters":{"classification":20}}]}""");

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        JsonNode plain = reply.json().path("outputs").path(0);
        JsonNode labelled = reply.json().path("outputs").path(1);
        assertThat(plain.path("datatype").asText()).isEqualTo("BYTES");
        assertThat(plain.path("shape").toString()).isEqualTo("[1,2]");
        assertThat(plain.path("data").toString()).isEqualTo("[\"2:15\",\"1:14\"]");
        assertThat(labelled.path("shape").toString()).isEqualTo("[1,16]");
        assertThat(labelled.path("data").path(0).asText()).isEqualTo("4:15");
        assertThat(labelled.path("data").path(12).asText()).isEqualTo("-8:3:three");
        assertThat(labelled.path("data").path(13).asText()).isEqualTo("-9:2");
        assertThat(labelled.path("data").path(15).asText()).isEqualTo("-11:0:zero");
    }

    @Test
    void generate_givesOneObject() {
        Reply reply =
                client.post(GENERATE, "{\"id\":\"7\",\"TEXT\":\"hi\",\"REPEAT\":1,\"parameters\":{\"suffix\":\"!\"}}");

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body())
                .isEqualTo("{\"id\":\"7\",\"model_name\":\"words\",\"model_version\":\"1\",\"WORD\":\"hi!\"}");
    }

    @Test
    void headersThatMatch_areParametersOfTheModel() throws Exception {
        assertThat(withHeader("Suffix", "?").body()).contains("\"WORD\":\"hi?\"");
        assertThat(withHeader("suffix", "!").body()).contains("\"WORD\":\"hi!\"");
        assertThat(withHeader("triton_x", "!").body())
                .isEqualTo("{\"error\":\"Header 'triton_x' is reserved for Triton usage and cannot be forwarded.\"}");
    }

    @Test
    void generateOfManyResponses_isRefused() {
        for (int repeat : new int[] {0, 2}) {
            Reply reply = client.post(GENERATE, "{\"TEXT\":\"hi\",\"REPEAT\":" + repeat + "}");

            assertThat(reply.status()).as(reply.body()).isEqualTo(400);
            assertThat(reply.error()).startsWith("generate expects model to produce exactly 1 response");
        }
    }

    @Test
    void inferOfADecoupledModel_isRefused() {
        Reply reply = client.infer("words", """
                {"inputs":[{"name":"TEXT","shape":[1],"datatype":"BYTES","data":["hi"]},\
                {"name":"REPEAT","shape":[1],"datatype":"INT32","data":[1]}]}""");

        assertThat(reply.status()).as(reply.body()).isEqualTo(501);
        assertThat(reply.error()).isEqualTo("HTTP end point doesn't support models with decoupled transaction policy");
    }

    @Test
    void otherMethod_isNotAllowed() {
        assertThat(client.get(GENERATE).status()).isEqualTo(405);
        assertThat(client.get(STREAM).status()).isEqualTo(405);
    }

    @Test
    void generateStream_givesAnEventForEachResponse() throws Exception {
        HttpResponse<Stream<String>> response = stream("{\"TEXT\":\"hi\",\"REPEAT\":3}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        String event = "data: {\"model_name\":\"words\",\"model_version\":\"1\",\"WORD\":\"hi\"}";
        assertThat(response.body()).containsExactly(event, "", event, "", event, "");
    }

    @Test
    void generateStreamThatFailsLate_endsWithAnErrorEvent() throws Exception {
        HttpResponse<Stream<String>> response = stream("{\"TEXT\":\"hi\",\"REPEAT\":1,\"fail\":true}");

        List<String> lines = response.body().toList();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(2)).startsWith("data: {\"error\":\"").contains("An Error Occurred");
    }

    @Test
    void generateStreamThatFailsFirst_hasTheStatusOfTheFailure() throws Exception {
        HttpResponse<Stream<String>> failed = stream("{\"TEXT\":\"hi\",\"REPEAT\":0,\"fail\":true}");
        HttpResponse<Stream<String>> refused = stream("{\"TEXT\":\"hi\"}");

        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        assertThat(failed.body()).first().asString().startsWith("data: {\"error\":");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(refused.body()).first().asString().contains("expected 2 inputs but got 1 inputs for model 'words'");
    }

    @Test
    void clientThatLeavesAStream_stopsTheModel() throws Exception {
        String body = "{\"TEXT\":\"on and on\",\"REPEAT\":-1}";
        try (RawHttp http = new RawHttp(server)) {
            http.post(STREAM, "", body.getBytes(StandardCharsets.UTF_8), body.length());
            assertThat(http.readUntil("on and on\"}\n\n")).contains("200 OK");
        }

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> server.logText().contains(WordsModel.STOPPED));
    }

    @Test
    void hostileGenerateBodies_areRefusedAsTheCallersFault() {
        for (String body : List.of(
                "",
                "[]",
                "{",
                "{\"TEXT\":",
                "{\"TEXT\":\"x",
                "{\"TEXT\":7,\"REPEAT\":1}",
                "{\"TEXT\":[\"a\",\"b\"],\"REPEAT\":1}",
                "{\"REPEAT\":[1,2]}",
                "{\"parameters\":[]}",
                "[".repeat(100_000),
                "{\"REPEAT\":" + "[".repeat(100_000))) {
            Reply one = client.post(GENERATE, body);
            Reply many = client.post(STREAM, body);
            assertThat(one.status()).as(one.body()).isEqualTo(400);
            assertThat(many.status()).as(many.body()).isEqualTo(400);
            assertThat(many.error()).isEqualTo(one.error()).isNotBlank();
        }
    }

    private static HttpResponse<String> withHeader(String name, String value) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.uri(GENERATE))
                .header(name, value)
                .POST(HttpRequest.BodyPublishers.ofString("{\"TEXT\":\"hi\",\"REPEAT\":1}"))
                .build();
        return http().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpClient http() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static HttpResponse<Stream<String>> stream(String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.uri(STREAM))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http().send(request, HttpResponse.BodyHandlers.ofLines());
    }
}
