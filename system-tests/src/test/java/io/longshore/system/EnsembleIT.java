package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.system.GrpcWire.Form;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ensembles of ONNX and Java models on the real server, over both wires. */
class EnsembleIT {
    /** Twice simple: OUTPUT0 is INPUT0 doubled, OUTPUT1 is INPUT1 doubled. */
    private static final String TWICE = """
            platform: "ensemble"
            max_batch_size: 8
            input [
              { name: "INPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
              { name: "INPUT1" data_type: TYPE_INT32 dims: [ 16 ] }
            ]
            output [
              { name: "OUTPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
              { name: "OUTPUT1" data_type: TYPE_INT32 dims: [ 16 ] }
            ]
            ensemble_scheduling {
              step [
                {
                  model_name: "simple" model_version: -1
                  input_map { key: "INPUT0" value: "sum" }
                  input_map { key: "INPUT1" value: "difference" }
                  output_map { key: "OUTPUT0" value: "OUTPUT0" }
                  output_map { key: "OUTPUT1" value: "OUTPUT1" }
                },
                {
                  model_name: "simple" model_version: 1
                  input_map { key: "INPUT0" value: "INPUT0" }
                  input_map { key: "INPUT1" value: "INPUT1" }
                  output_map { key: "OUTPUT0" value: "sum" }
                  output_map { key: "OUTPUT1" value: "difference" }
                }
              ]
            }
            """;

    /** A text's numbers, added to themselves by simple, which takes them as its one row. */
    private static final String TEXT = """
            platform: "ensemble"
            input [ { name: "TEXT" data_type: TYPE_STRING dims: [ 1 ] } ]
            output [ { name: "DOUBLED" data_type: TYPE_INT32 dims: [ 16 ] } ]
            ensemble_scheduling {
              step [
                {
                  model_name: "numbers" model_version: -1
                  input_map { key: "TEXT" value: "TEXT" }
                  output_map { key: "NUMBERS" value: "numbers" }
                },
                {
                  model_name: "simple" model_version: -1
                  input_map { key: "INPUT0" value: "numbers" }
                  input_map { key: "INPUT1" value: "numbers" }
                  output_map { key: "OUTPUT0" value: "DOUBLED" }
                }
              ]
            }
            """;

    private static final String WAITING = """
            platform: "ensemble"
            input [ { name: "MILLIS" data_type: TYPE_INT32 dims: [ 1 ] } ]
            output [ { name: "MILLIS_OUT" data_type: TYPE_INT32 dims: [ 1 ] } ]
            ensemble_scheduling {
              step [
                {
                  model_name: "slow" model_version: -1
                  input_map { key: "MILLIS" value: "MILLIS" }
                  output_map { key: "MILLIS" value: "MILLIS_OUT" }
                }
              ]
            }
            """;

    private static final String SLOW = """
            backend: "java"
            parameters { key: "class" value { string_value: "io.longshore.system.SlowModel" } }
            instance_group { count: 1 }
            dynamic_batching { default_queue_policy { max_queue_size: 1 } }
            """;

    @TempDir
    private static Path folder;

    private static TestRepository repository;
    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .javaModel("numbers", NumbersModel.class)
                .javaModel("slow", SlowModel.class)
                .config("slow", SLOW);
        ensemble("a_twice", TWICE);
        ensemble("text", TEXT);
        ensemble("waiting", WAITING);
        server = LongshoreServer.start(
                repository.path(),
                "--model-control-mode=explicit",
                "--load-model=a_twice",
                "--load-model=text",
                "--load-model=waiting");
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (server != null) {
            server.close();
        }
    }

    /** A model whose version folder is empty. */
    private static void ensemble(String name, String config) throws IOException {
        Files.createDirectories(repository.path().resolve(name).resolve("1"));
        repository.config(name, config);
    }

    static Stream<Wire> wires() {
        return Stream.of(
                new RestWire(server, false),
                new RestWire(server, true),
                new GrpcWire(server, Form.RAW),
                new GrpcWire(server, Form.TYPED),
                new GrpcWire(server, Form.STREAM));
    }

    private static WireTensor ints(String name, List<Long> shape, int... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asIntBuffer().put(values);
        return new WireTensor(name, "INT32", shape, data.array());
    }

    private static int[] range(int from, int factor) {
        return IntStream.range(from, from + 32).map(each -> each * factor).toArray();
    }

    private static WireTensor text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer data = ByteBuffer.allocate(4 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        return new WireTensor(
                "TEXT",
                "BYTES",
                List.of(1L),
                data.putInt(bytes.length).put(bytes).array());
    }

    @ParameterizedTest
    @MethodSource("wires")
    void batchThroughTwoSteps_isAnsweredOnEveryWire(Wire wire) {
        WireAnswer answer = wire.infer(WireCall.to(
                        "a_twice",
                        ints("INPUT0", List.of(2L, 16L), range(0, 1)),
                        ints("INPUT1", List.of(2L, 16L), range(100, 1)))
                .id("7"));

        assertThat(answer.outputs())
                .containsExactly(
                        ints("OUTPUT0", List.of(2L, 16L), range(0, 2)),
                        ints("OUTPUT1", List.of(2L, 16L), range(100, 2)));
        wire.end();
    }

    @ParameterizedTest
    @MethodSource("wires")
    void javaCodeBeforeANetwork_takesTheTextAndRefusesOthers(Wire wire) {
        String numbers = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
        WireAnswer answer = wire.infer(WireCall.to("text", text(numbers)));
        WireRefusal refusal =
                catchThrowableOfType(WireRefusal.class, () -> wire.infer(WireCall.to("text", text("one two"))));

        assertThat(answer.outputs())
                .containsExactly(ints(
                        "DOUBLED",
                        List.of(16L),
                        IntStream.rangeClosed(1, 16).map(i -> 2 * i).toArray()));
        assertThat(refusal.getMessage()).contains("in ensemble 'text', step 0 of model 'numbers': ");
        wire.end();
    }

    @Test
    void metadataAndConfiguration_areThoseOfAnEnsemble() {
        JsonNode metadata = client.get("/v2/models/a_twice").json();
        JsonNode config = client.get("/v2/models/a_twice/config").json();

        assertThat(metadata.path("platform").asText()).isEqualTo("ensemble");
        assertThat(config.path("backend").asText()).isEmpty();
        assertThat(config.path("ensemble_scheduling").path("step").size()).isEqualTo(2);
        assertThat(config.path("ensemble_scheduling")
                        .path("step")
                        .get(0)
                        .path("model_version")
                        .asInt())
                .isEqualTo(-1);
    }

    /** Triton's ensembles hang where a step's queue is full (server issue 8631). */
    @Test
    void fullQueueOfAStep_isRefusedAtOnceAndTheOthersAreServed() {
        List<CompletableFuture<Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(CompletableFuture.supplyAsync(() -> client.infer("waiting", SlowModel.request(500))));
        }
        List<Reply> replies = calls.stream().map(CompletableFuture::join).toList();

        assertThat(replies).extracting(Reply::status).contains(200, 503).containsOnly(200, 503);
        assertThat(replies)
                .filteredOn(reply -> reply.status() == 503)
                .allSatisfy(reply -> assertThat(reply.error())
                        .isEqualTo("in ensemble 'waiting', step 0 of model 'slow': Exceeds maximum queue size"));
        assertThat(client.infer("waiting", SlowModel.request(0)).status()).isEqualTo(200);
    }

    @Test
    void statistics_countTheEnsembleAndItsSteps() {
        long before = successes("simple");
        long own = successes("a_twice");
        assertThat(client.infer("a_twice", V2Client.simpleRequest(1)).status()).isEqualTo(200);

        assertThat(successes("a_twice") - own).isEqualTo(1);
        assertThat(successes("simple") - before).isEqualTo(2);
    }

    private static long successes(String model) {
        return client.get("/v2/models/" + model + "/stats")
                .json()
                .path("model_stats")
                .get(0)
                .path("inference_stats")
                .path("success")
                .path("count")
                .asLong();
    }

    @Test
    void partThatIsUnloaded_takesTheEnsembleWithItUntilItIsBack() {
        assertThat(client.post("/v2/repository/models/numbers/unload", "").status())
                .isEqualTo(200);
        Reply ready = client.get("/v2/models/text/ready");
        Reply infer = client.infer(
                "text", "{\"inputs\":[{\"name\":\"TEXT\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"1\"]}]}");
        assertThat(client.post("/v2/repository/models/numbers/load", "").status())
                .isEqualTo(200);

        assertThat(ready.status()).isEqualTo(400);
        assertThat(infer.error())
                .isEqualTo("Request for unknown model: 'text' has no available versions: ensemble 'text' depends on"
                        + " 'numbers' which has no loaded version.");
        assertThat(client.get("/v2/models/text/ready").status()).isEqualTo(200);
    }

    @Test
    void unloadDependents_takesPartsThatNobodyElseNeeds() throws IOException {
        repository.javaModel("only", NumbersModel.class);
        ensemble("lonely", TEXT.replace("\"numbers\" model_version", "\"only\" model_version"));
        assertThat(client.post("/v2/repository/models/lonely/load", "").status())
                .isEqualTo(200);
        assertThat(client.get("/v2/models/only/ready").status()).isEqualTo(200);
        client.post("/v2/repository/models/lonely/unload", "{\"parameters\":{\"unload_dependents\":true}}");

        assertThat(client.get("/v2/models/only/ready").status()).isEqualTo(400);
        assertThat(client.get("/v2/models/simple/ready").status()).isEqualTo(200);
    }

    @Test
    void partThatDoesNotFit_isToldByTheLoad() throws IOException {
        ensemble("wrong", TEXT.replace("TYPE_INT32", "TYPE_FP32"));

        assertThat(client.post("/v2/repository/models/wrong/load", "").error())
                .isEqualTo(
                        "load failed for model 'wrong': in ensemble wrong, ensemble tensor DOUBLED: inconsistent data"
                                + " type: TYPE_FP32 is inferred from model wrong while TYPE_INT32 is inferred from model simple");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void tritonsPythonClients_useEnsembles(String wire) throws Exception {
        PythonPrograms.assumeClients();
        PythonPrograms.runAlone(
                "ensemble.py",
                wire,
                "127.0.0.1:" + server.port(),
                "127.0.0.1:" + server.grpcPort(),
                repository.path().toString());
    }
}
