package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.OnnxModels;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that run samples before they are ready, on the packaged server. */
class WarmupIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        simple(repository);
        gather(repository);
        slow(repository, "slow", 4);
        slow(repository, "endless", 4_294_967_295L);
        sum(repository);
        server = LongshoreServer.start(repository.path(), "--model-control-mode=explicit");
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static void simple(TestRepository repository) throws IOException {
        String zeros = "value { data_type: TYPE_INT32 dims: 16 zero_data: true }";
        String noise = "value { data_type: TYPE_INT32 dims: 16 random_data: true }";
        String file = "value { data_type: TYPE_INT32 dims: 16 input_data_file: \"row\" }";
        repository
                .simple("simple")
                .config("simple", """
                        max_batch_size: 8
                        model_warmup [
                          { name: "zeros" batch_size: 4 count: 3
                            inputs { key: "INPUT0" %1$s } inputs { key: "INPUT1" %1$s } },
                          { name: "others" batch_size: 8
                            inputs { key: "INPUT0" %2$s } inputs { key: "INPUT1" %3$s } }
                        ]
                        """.formatted(zeros, noise, file))
                .file("simple/warmup/row", new byte[64]);
    }

    /** Its sample asks for the position 99 of two. */
    private static void gather(TestRepository repository) throws IOException {
        repository
                .onnx("gather", 1, OnnxModels.gather())
                .config("gather", """
                        model_warmup {
                          name: "too far" batch_size: 1
                          inputs { key: "INPUT0" value { data_type: TYPE_FP32 dims: 2 zero_data: true } }
                          inputs { key: "INPUT1" value { data_type: TYPE_INT64 dims: 1 input_data_file: "position" } }
                        }
                        """)
                .file("gather/warmup/position", new byte[] {99, 0, 0, 0, 0, 0, 0, 0});
    }

    private static void slow(TestRepository repository, String name, long count) throws IOException {
        repository
                .javaModel(name, SlowModel.class)
                .config(name, """
                        backend: "java"
                        parameters { key: "class" value { string_value: "%s" } }
                        model_warmup {
                          name: "a while" batch_size: 1 count: %d
                          inputs { key: "MILLIS" value { data_type: TYPE_INT32 dims: 1 input_data_file: "millis" } }
                        }
                        """.formatted(SlowModel.class.getName(), count))
                .file(
                        name + "/warmup/millis",
                        ByteBuffer.allocate(4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(50)
                                .array());
    }

    /** A sequence, of which the sample states the input and the server the state. */
    private static void sum(TestRepository repository) throws IOException {
        repository.onnx("sum", 1, OnnxModels.sequenceSum()).config("sum", """
                max_batch_size: 4
                sequence_batching {
                  state { input_name: "SUM_IN" output_name: "SUM_OUT" data_type: TYPE_INT32 dims: 1 }
                }
                model_warmup {
                  name: "one" batch_size: 1
                  inputs { key: "INPUT0" value { data_type: TYPE_INT32 dims: 1 random_data: true } }
                }
                """);
    }

    private static Reply load(String model) {
        return client.post("/v2/repository/models/" + model + "/load", "");
    }

    private static Reply unload(String model) {
        return client.post("/v2/repository/models/" + model + "/unload", "");
    }

    private static long runs(String text) {
        return text.lines().filter(line -> line.contains(SlowModel.STARTED)).count();
    }

    @Test
    void warmedUpModel_serves_andHasCountedNothing() {
        assertThat(load("simple").status()).isEqualTo(200);

        JsonNode statistics = client.get("/v2/models/simple/stats").json().at("/model_stats/0");
        assertThat(statistics.path("inference_count").asLong()).isZero();
        assertThat(statistics.path("execution_count").asLong()).isZero();
        assertThat(statistics.at("/inference_stats/success/count").asLong()).isZero();
        assertThat(statistics.path("last_inference").asLong()).isZero();
        assertThat(client.infer("simple", V2Client.simpleRequest(1)).status()).isEqualTo(200);
        assertThat(client.get("/v2/models/simple/config")
                        .json()
                        .at("/model_warmup/0/count")
                        .asInt())
                .isEqualTo(3);
        unload("simple");
    }

    @Test
    void modelOfSequences_isWarmedUp() {
        assertThat(load("sum").status()).isEqualTo(200);
        unload("sum");
    }

    @Test
    void failingSample_failsTheLoadWithItsReason() {
        Reply loaded = load("gather");

        assertThat(loaded.status()).isEqualTo(400);
        assertThat(loaded.error())
                .startsWith("load failed for model 'gather': version 1 is at UNAVAILABLE state: "
                        + "failed to run warmup sample 'too far': ");
        assertThat(client.get("/v2/models/gather/ready").status()).isEqualTo(400);
        assertThat(client.post("/v2/repository/index", "").body()).contains("failed to run warmup sample 'too far'");
    }

    @Test
    void model_isReadyAfterAllRuns() {
        long before = runs(server.logText());
        assertThat(load("slow").status()).isEqualTo(200);

        String log = server.logText();
        String ready = "model 'slow' version 1 is ready";
        assertThat(log).contains(ready);
        assertThat(runs(log.substring(0, log.indexOf(ready))) - before).isEqualTo(4);
        unload("slow");
    }

    @Test
    void endlessWarmUp_endsWithAnUnload() {
        long before = runs(server.logText());
        CompletableFuture<Reply> loading = CompletableFuture.supplyAsync(() -> load("endless"));
        Awaitility.await().atMost(PATIENCE).until(() -> runs(server.logText()) > before);

        assertThat(client.get("/v2/models/endless/ready").status()).isEqualTo(400);
        assertThat(unload("endless").status()).isEqualTo(200);
        assertThat(loading.join().error()).contains("the warm-up of model 'endless' was stopped");
    }
}
