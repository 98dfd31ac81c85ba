package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.onnx.OnnxModels;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loading and unloading over REST, by clients that mean well, as KServe's agent does it, and by hostile ones. */
class RepositoryControlIT {
    private static final int CLIENTS = 20;
    private static final String CONFIG =
            "\"config\":\"{\\\"backend\\\":\\\"onnxruntime\\\",\\\"max_batch_size\\\":8}\"";

    @TempDir
    private static Path folder;

    private static TestRepository repository;
    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .simple("shared")
                .onnx("agent", 1, OnnxModels.simple())
                .file("agent/SUCCESS.0a1b2c", "{}".getBytes(StandardCharsets.UTF_8));
        server = LongshoreServer.start(
                repository.path(),
                "--model-control-mode=explicit",
                "--load-model=*",
                "--allow-model-upload=true",
                "--model-upload-limit=1000000");
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static Reply load(String model, String body) {
        return client.post("/v2/repository/models/" + model + "/load", body);
    }

    private static Reply unload(String model, String body) {
        return client.post("/v2/repository/models/" + model + "/unload", body);
    }

    private static boolean serves(String model) {
        return client.infer(model, V2Client.simpleRequest(1)).status() == 200;
    }

    @Test
    void kservesAgent_findsItsModelsAndUnloadsThemAfterTheirFilesAreGone() throws IOException {
        assertThat(serves("agent")).as("found at the start").isTrue();
        assertThat(load("agent", "{}").body()).isEqualTo("{\"name\":\"agent\",\"load\":true}");
        delete(repository.path().resolve("agent"));
        assertThat(serves("agent")).as("the agent deletes first").isTrue();

        Reply unloaded = unload("agent", "{}");
        assertThat(unloaded.status()).isEqualTo(200);
        assertThat(unloaded.body()).isEqualTo("{\"name\":\"agent\",\"unload\":true}");
        assertThat(unload("agent", "").status()).as("once more").isEqualTo(200);
        assertThat(serves("agent")).isFalse();
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void twentyClientsOnOneModel_allSucceed() {
        String file = Base64.getEncoder().encodeToString(OnnxModels.simple().toBytes());
        List<String> bodies = List.of(
                "",
                "{\"parameters\":{\"config\":\"{\\\"max_batch_size\\\":4}\"}}",
                "{\"parameters\":{\"file:1/model.onnx\":\"" + file + "\"," + CONFIG + "}}");
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<CompletableFuture<Void>> calls = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> loadAndUnload(i, bodies), threads))
                    .toList();
            calls.forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
        assertThat(load("shared", "").status()).isEqualTo(200);
        assertThat(serves("shared")).isTrue();
    }

    private static void loadAndUnload(int number, List<String> bodies) {
        for (int round = 0; round < 3; round++) {
            int kind = (number + round) % (bodies.size() + 1);
            Reply reply = kind == bodies.size() ? unload("shared", "{}") : load("shared", bodies.get(kind));
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
                    []                                                       | 400 | the body must be empty or an object
                    {"parameters":                                           | 400 | failed to parse the request JSON buffer
                    {"parameters":{"config":7}}                              | 400 | Unable to parse 'config': attempt to access JSON non-string as string
                    {"parameters":{"confg":"{}"}}                            | 400 | unrecognized load parameter 'confg'.
                    {"parameters":{"config":"{"}}                            | 500 | failed to load 'simple', failed to poll from model repository: config override: is not JSON
                    {"parameters":{"config":"{\\"name\\":\\"other\\"}"}}     | 500 | failed to load 'simple', failed to poll from model repository: config override: name: 'other'
                    {"parameters":{"file:1/model.onnx":"YQ=="}}              | 500 | failed to load 'simple', failed to poll from model repository: parameters 'file:…'
                    {"parameters":{"config":"{}","file:../x":"YQ=="}}        | 500 | failed to load 'simple', failed to poll from model repository: the file name '../x'
                    {"parameters":{"config":"{}","file:/etc/x":"YQ=="}}      | 500 | failed to load 'simple', failed to poll from model repository: the file name '/etc/x'
                    {"parameters":{"config":"{}","file:1/a":"*"}}            | 400 | Unable to parse 'file:1/a': Illegal character
                    {"parameters":{"config":"{}","file:1/model.onnx":"YQ=="}} | 400 | load failed for model 'simple': version 1 is at UNAVAILABLE state:
                    {"parameters":{"config":"{}","file:readme":"YQ=="}}      | 500 | failed to load 'simple', no version is available
                    """)
    void hostileLoads_areRefusedAndTheModelServesOn(String body, int status, String message) {
        Reply reply = load("simple", body);

        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.error()).startsWith(message);
        assertThat(serves("simple")).isTrue();
    }

    @Test
    void uploadBeyondTheLimit_isRefusedAndLeavesNothing() {
        String content = "A".repeat(2_000_000);
        for (int i = 0; i < 3; i++) {
            Reply reply = load("simple", "{\"parameters\":{\"file:1/model.onnx\":\"" + content + "\"," + CONFIG + "}}");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).contains("longshore.model-upload-limit");
        }
        assertThat(serves("simple")).isTrue();
    }

    @Test
    void manyFiles_areRefused() {
        StringBuilder files = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            files.append("\"file:1/").append(i).append("\":\"\",");
        }
        Reply reply = load("simple", "{\"parameters\":{" + files + CONFIG + "}}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("at most 1024 files");
    }

    @Test
    void otherCalls_answerAsTritonDoes() {
        assertThat(unload("simple", "{\"parameters\":{\"unload_dependents\":\"yes\"}}")
                        .error())
                .isEqualTo("Unable to parse 'unload_dependents': attempt to access JSON non-boolean as boolean");
        assertThat(client.post("/v2/repository/index", "{\"ready\":7}").error())
                .isEqualTo("Invalid value for 'ready': expected a boolean");
        for (String path : List.of("r/index", "r/models/simple/load", "r/models/simple/unload")) {
            Reply reply = client.post("/v2/repository/" + path, "");
            assertThat(reply.status()).as(path).isEqualTo(501);
            assertThat(reply.error()).isEqualTo("'repository_name' specification is not supported");
        }
        Reply traversal = load("..%2Fsimple", "");
        assertThat(traversal.status()).as(traversal.body()).isBetween(400, 404);
        assertThat(serves("simple")).isTrue();
    }

    @Test
    void serverThatTakesNoUploads_saysWhichOptionAllowsThem() throws IOException {
        TestRepository other = new TestRepository(Files.createDirectories(folder.resolve("other"))).simple("simple");
        try (LongshoreServer careful = LongshoreServer.start(other.path(), "--model-control-mode=explicit")) {
            V2Client calls = new V2Client(careful);
            String path = "/v2/repository/models/simple/load";
            Reply refused = calls.post(path, "{\"parameters\":{\"file:1/model.onnx\":\"YQ==\"," + CONFIG + "}}");
            assertThat(refused.status()).isEqualTo(501);
            assertThat(refused.error()).contains("--allow-model-upload=true");
            assertThat(calls.post("/v2/repository/index", "").body()).isEqualTo("[{\"name\":\"simple\"}]");
            assertThat(calls.post(path, "{\"parameters\":{" + CONFIG + "}}").status())
                    .isEqualTo(200);
        }
    }
}
