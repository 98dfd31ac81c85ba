package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.onnx.OnnxModels;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server makes of repositories: broken models, and models that change while they serve. */
class RepositoryIT {
    private static final int HEALTHY = 25;

    @TempDir
    private Path folder;

    private TestRepository repository() throws IOException {
        return new TestRepository(Files.createDirectories(folder.resolve("models")));
    }

    @Test
    void fiveBrokenModelsOfThirty_twentyFiveServeAndEachReasonIsTold() throws Exception {
        TestRepository repository = repository();
        for (int i = 0; i < HEALTHY; i++) {
            repository.simple("good" + i);
        }
        repository
                .file("truncated/1/model.onnx", new byte[] {8, 7, 18})
                .onnx("unknown_operator", 1, OnnxModels.unknownOperator())
                .config("no_version", "backend: \"onnxruntime\"")
                .simple("bad_config")
                .config("bad_config", "max_batch_size: -1 inptu { }")
                .simple("wrong_type")
                .config("wrong_type", """
                        max_batch_size: 8
                        input [{ name: "INPUT0" data_type: TYPE_FP32 dims: [16] },
                               { name: "INPUT1" data_type: TYPE_INT32 dims: [16] }]
                        output [{ name: "OUTPUT0" data_type: TYPE_INT32 dims: [16] },
                                { name: "OUTPUT1" data_type: TYPE_INT32 dims: [16] }]
                        """);
        try (LongshoreServer server = LongshoreServer.start(repository.path())) {
            V2Client client = new V2Client(server);
            for (int i = 0; i < HEALTHY; i++) {
                assertThat(client.infer("good" + i, V2Client.simpleRequest(i)).status())
                        .isEqualTo(200);
            }
            Reply ready = client.get("/v2/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            Map<String, String> reasons = Map.of(
                    "truncated", "",
                    "unknown_operator", "NoSuchOperator",
                    "no_version", "no version is available",
                    "bad_config", "inptu",
                    "wrong_type", "TYPE_FP32");
            reasons.forEach((model, reason) -> {
                assertThat(ready.error()).contains(model);
                assertThat(client.get("/v2/models/" + model + "/ready").status())
                        .isEqualTo(400);
                assertThat(client.infer(model, V2Client.simpleRequest(0)).error())
                        .contains(reason);
                assertThat(server.logText()).contains("load failed for model '" + model + "'");
            });
        }
    }

    @Test
    void brokenModelWithoutStrictReadiness_serverIsReady() throws Exception {
        TestRepository repository = repository().simple("good").file("broken/1/model.onnx", new byte[] {1});
        try (LongshoreServer server = LongshoreServer.start(repository.path(), "--strict-readiness=false")) {
            assertThat(new V2Client(server).get("/v2/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void newVersionUnderLoad_noRequestIsLostAndCorruptOneKeepsTheOldServing() throws Exception {
        TestRepository repository = repository().simple("simple");
        try (LongshoreServer server = LongshoreServer.start(
                        repository.path(), "--model-control-mode=poll", "--repository-poll-secs=1");
                Load load = startLoad(new V2Client(server))) {
            V2Client client = new V2Client(server);
            repository.onnx("simple", 2, OnnxModels.simple());
            awaitVersion(client, "2");
            repository.file("simple/3/model.onnx", new byte[] {8, 7, 18});
            awaitLog(server, "load failed for model 'simple'");
            awaitVersion(client, "2");
            repository.onnx("simple", 3, OnnxModels.simple());
            awaitVersion(client, "3");
            load.stop();
            assertThat(load.completed()).isPositive();
        }
    }

    private static Load startLoad(V2Client client) {
        return Load.start(4, () -> {
            Reply reply = client.infer("simple", V2Client.simpleRequest(1));
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            return true;
        });
    }

    private static void awaitVersion(V2Client client, String version) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> client.get("/v2/models/simple").body().contains("\"versions\":[\"" + version + "\"]"));
    }

    private static void awaitLog(LongshoreServer server, String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> server.logText().contains(text));
    }
}
