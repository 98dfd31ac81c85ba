package io.longshore.system;

import static io.longshore.system.TensorValues.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.longshore.onnx.OnnxModels;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that die in the middle of a batch: the others of it get their own answers, and nothing of the dead is left. The batch
 * model waits for eight rows, however long that takes; so the tests know who shares an execution with whom.
 */
class KilledClientsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BATCH = 8;
    private static final int DEAD = 4;
    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    private LongshoreServer server;
    private V2Client client;
    private ExecutorService clients;

    @BeforeEach
    void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .onnx("sums", 1, OnnxModels.simple())
                .config("sums", "max_batch_size: 8 dynamic_batching { max_queue_delay_microseconds: 300000000 }");
        repository.slow("slow", "instance_group { count: 1 }");
        server = LongshoreServer.start(repository.path(), "--model-control-mode=explicit", "--load-model=*");
        client = new V2Client(server);
        clients = Executors.newCachedThreadPool();
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        server.close();
    }

    @Test
    void grpcClientsKilledWhileTheyWait_leaveTheirPlacesToOthers() throws Exception {
        GrpcWire wire = new GrpcWire(server, GrpcWire.Form.RAW);
        for (int round = 1; round <= ROUNDS; round++) {
            List<DoomedClient> doomed = new ArrayList<>();
            for (int i = 0; i < DEAD; i++) {
                doomed.add(DoomedClient.grpc(server, sums()));
            }
            List<CompletableFuture<WireAnswer>> living = new ArrayList<>(send(wire, 0, BATCH - DEAD - 1));
            awaitMetric("nv_inference_pending_request_count", "sums", BATCH - 1);
            doomed.forEach(DoomedClient::kill);
            awaitMetric("nv_inference_pending_request_count", "sums", BATCH - DEAD - 1);
            living.addAll(send(wire, living.size(), BATCH - living.size()));
            checkAnswers(living);
            assertThat(failures("sums", "CANCELED")).isEqualTo(round * DEAD);
            assertThat(metric("nv_inference_exec_count", "sums")).isEqualTo(round);
        }
        wire.end();
        assertNothingIsLeft("sums");
    }

    /** Open Liberty does not tell of a client that goes away, so its request runs on in the batch. */
    @Test
    void restClientsKilledWhileTheyWait_costTheOthersNothing() throws Exception {
        RestWire wire = new RestWire(server, false);
        for (int round = 1; round <= ROUNDS; round++) {
            List<DoomedClient> doomed = new ArrayList<>();
            for (int i = 0; i < DEAD; i++) {
                doomed.add(DoomedClient.rest(server, "sums", V2Client.simpleRequest(-1)));
            }
            awaitMetric("nv_inference_pending_request_count", "sums", DEAD);
            doomed.forEach(DoomedClient::kill);
            checkAnswers(send(wire, 0, BATCH - DEAD));
            assertThat(metric("nv_inference_exec_count", "sums")).isEqualTo(round);
            assertThat(metric("nv_inference_count", "sums")).isEqualTo(round * BATCH);
        }
        wire.end();
        assertNothingIsLeft("sums");
    }

    @Test
    void clientKilledWhileItsRequestRuns_isCountedAndTheNextAreAnswered() throws Exception {
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName("slow")
                .addInputs(input("MILLIS", 1))
                .addRawInputContents(packed(1000))
                .build();
        DoomedClient doomed = DoomedClient.grpc(server, request);
        Awaitility.await().atMost(PATIENCE).until(() -> server.logText().contains(SlowModel.STARTED));
        doomed.kill();
        Awaitility.await().atMost(PATIENCE).until(() -> failures("slow", "CANCELED") == 1);

        assertThat(client.infer("slow", SlowModel.request(1)).status()).isEqualTo(200);
        assertThat(metric("nv_inference_request_success", "slow")).isEqualTo(1);
        assertNothingIsLeft("slow");
    }

    private List<CompletableFuture<WireAnswer>> send(Wire wire, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> wire.infer(sum(100 * i)), clients))
                .toList();
    }

    private static WireCall sum(int first) {
        Object[] values = IntStream.range(first, first + 16).boxed().toArray();
        return WireCall.to(
                "sums",
                tensor("INPUT0", "INT32", List.of(1L, 16L), values),
                tensor("INPUT1", "INT32", List.of(1L, 16L), values));
    }

    private static void checkAnswers(List<CompletableFuture<WireAnswer>> answers) {
        for (int i = 0; i < answers.size(); i++) {
            int first = 100 * i;
            assertThat(TensorValues.of(answers.get(i).join().output("OUTPUT0")))
                    .isEqualTo(IntStream.range(first, first + 16)
                            .<Object>mapToObj(value -> BigInteger.valueOf(2L * value))
                            .toList());
        }
    }

    private static ModelInferRequest sums() {
        ByteString row = packed(new int[16]);
        return ModelInferRequest.newBuilder()
                .setModelName("sums")
                .addInputs(input("INPUT0", 1, 16))
                .addInputs(input("INPUT1", 1, 16))
                .addRawInputContents(row)
                .addRawInputContents(row)
                .build();
    }

    private static ModelInferRequest.InferInputTensor.Builder input(String name, long... shape) {
        ModelInferRequest.InferInputTensor.Builder input =
                ModelInferRequest.InferInputTensor.newBuilder().setName(name).setDatatype("INT32");
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    private static ByteString packed(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return ByteString.copyFrom(bytes);
    }

    /** No request, no memory of one, and no instance that is out: that would keep the model from being unloaded. */
    private void assertNothingIsLeft(String model) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            PrometheusText metrics = scrape();
            assertThat(metrics.value("nv_inference_pending_request_count", "model", model, "version", "1"))
                    .isZero();
            assertThat(metrics.value("longshore_server_requests_in_flight")).isZero();
            assertThat(metrics.value("longshore_request_memory_bytes")).isZero();
        });
        assertThat(client.post("/v2/repository/models/" + model + "/unload", "").status())
                .isEqualTo(200);
        assertThat(client.post("/v2/repository/index", "").json().findParents("name"))
                .filteredOn(entry -> entry.path("name").asText().equals(model))
                .allSatisfy(entry -> assertThat(entry.path("state").asText()).isEqualTo("UNAVAILABLE"));
        assertThat(scrape().tellsOfModel(model)).isFalse();
    }

    private void awaitMetric(String name, String model, int value) {
        Awaitility.await().atMost(PATIENCE).until(() -> metric(name, model) == value);
    }

    private int metric(String name, String model) {
        return (int) scrape().value(name, "model", model, "version", "1");
    }

    private int failures(String model, String reason) {
        return (int) scrape().value("nv_inference_request_failure", "model", model, "version", "1", "reason", reason);
    }

    private PrometheusText scrape() {
        return PrometheusText.parse(client.get("/metrics").body());
    }
}
