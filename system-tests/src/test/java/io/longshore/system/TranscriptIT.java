package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some hundred steps over both wires at the same time, one server: what is left behind is what was there before. */
class TranscriptIT {
    private static final List<String> WIRES = List.of("rest", "grpc");
    private static final String SUM = """
            sequence_batching {
              oldest { max_candidate_sequences: 4 }
              max_sequence_idle_microseconds: 60000000
              state { input_name: "SUM_IN" output_name: "SUM_OUT" data_type: TYPE_INT32 dims: 1 }
            }
            """;

    /** The index in the end, of each wire's models. */
    private static final Map<String, String> END = Map.of(
            "adder 1", "READY",
            "growing 1", "READY",
            "growing 3", "UNAVAILABLE unloaded",
            "sum 1", "UNAVAILABLE unloaded",
            "sleeper 1", "UNAVAILABLE unloaded",
            "invalid ", "UNAVAILABLE ",
            "broken 1", "UNAVAILABLE ");

    private static final int THREADS_THAT_COME_AND_GO = 4;

    @TempDir
    private static Path folder;

    private static TestRepository repository;
    private static LongshoreServer server;
    private static ServerState state;
    private static Map<String, Wire> wires;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/dev/shm")), "this system has no shared memory objects");
        repository = new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("shared_adder");
        for (String wire : WIRES) {
            repository
                    .simple("adder_" + wire)
                    .onnx("growing_" + wire, 1, OnnxModels.simple())
                    .config("growing_" + wire, "max_batch_size: 8 version_policy { all { } }")
                    .onnx("sum_" + wire, 1, OnnxModels.sequenceSum())
                    .config("sum_" + wire, SUM)
                    .javaModel("sleeper_" + wire, SlowModel.class)
                    .simple("invalid_" + wire)
                    .config("invalid_" + wire, "max_batch_size: -1")
                    .onnx("broken_" + wire, 1, OnnxModels.unknownOperator());
        }
        server = LongshoreServer.start(repository.path(), "--model-control-mode=explicit", "--allow-client-shm=true");
        state = new ServerState(server);
        wires = Map.of("rest", new RestWire(server, false), "grpc", new GrpcWire(server, GrpcWire.Form.RAW));
    }

    @AfterAll
    static void stop() {
        if (wires != null) {
            wires.values().forEach(Wire::end);
        }
        if (server != null) {
            server.close();
        }
    }

    /** What must be the same after each round. */
    private record Held(long threads, Set<String> mappedFiles, Set<String> openFiles) {}

    @Test
    void transcriptTwiceOverBothWires_endsWithTheIndexOfTheTextAndLeavesNothing() throws IOException {
        Transcript transcript = Transcript.read("/transcript.txt");
        assertThat(transcript.steps()).hasSizeGreaterThan(290);

        playAndCheck(transcript);
        Held before = held();
        playAndCheck(transcript);

        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            Held after = held();
            assertThat(after.mappedFiles()).isEqualTo(before.mappedFiles());
            assertThat(after.openFiles()).isEqualTo(before.openFiles());
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + THREADS_THAT_COME_AND_GO);
        });
    }

    private static Held held() {
        return new Held(server.threads(), state.mappedFiles(), state.openFiles());
    }

    private static void playAndCheck(Transcript transcript) {
        play(transcript);
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(TranscriptIT::assertNothingUnderWay);
    }

    private static void play(Transcript transcript) {
        CyclicBarrier meeting = new CyclicBarrier(WIRES.size());
        ExecutorService threads = Executors.newFixedThreadPool(WIRES.size());
        try {
            List<CompletableFuture<Void>> runs = WIRES.stream()
                    .map(name -> new TranscriptRunner(wires.get(name), name, state, repository, meeting))
                    .map(runner -> CompletableFuture.runAsync(() -> runner.run(transcript), threads))
                    .toList();
            // All of them: where one fails the other fails for want of it.
            assertThat(runs).allSatisfy(run -> assertThat(run).succeedsWithin(Duration.ofMinutes(5)));
        } finally {
            threads.shutdownNow();
        }
    }

    /** States by name and version; of a model that failed its reason is left out, which tells the file's place. */
    private static Map<String, String> index(Wire wire) {
        Map<String, String> found = new TreeMap<>();
        for (JsonNode entry : wire.index()) {
            String name = entry.path("name").asText();
            boolean failed = name.startsWith("broken") || name.startsWith("invalid");
            found.put(
                    name + " " + entry.path("version").asText(""),
                    (entry.path("state").asText("") + " "
                                    + (failed ? "" : entry.path("reason").asText("")))
                            .strip());
        }
        return found;
    }

    private static Map<String, String> expectedIndex() {
        Map<String, String> expected = new TreeMap<>();
        expected.put("shared_adder 1", "READY");
        WIRES.forEach(wire ->
                END.forEach((model, state) -> expected.put(model.replace(" ", "_" + wire + " "), state.strip())));
        return expected;
    }

    private static void assertNothingUnderWay() {
        Map<String, String> expected = expectedIndex();
        wires.forEach((name, wire) -> assertThat(index(wire)).as(name).isEqualTo(expected));
        wires.forEach((name, wire) -> assertThat(wire.regions()).as(name).isEmpty());
        PrometheusText metrics = state.metrics();
        assertThat(metrics.value("longshore_server_requests_in_flight")).isZero();
        assertThat(metrics.value("longshore_request_memory_bytes")).isZero();
        for (String model : List.of("adder_rest", "adder_grpc", "shared_adder")) {
            assertThat(metrics.value("longshore_queue_depth", "model", model, "version", "1"))
                    .as(model)
                    .isZero();
            assertThat(metrics.value("longshore_requests_in_flight", "model", model, "version", "1"))
                    .as(model)
                    .isZero();
        }
    }
}
