package io.longshore.system;

import static io.longshore.system.TensorValues.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The demo's encoder with requests of different lengths in one execution, beside itself without: every answer is the same. One
 * model has buckets and a delay, so that requests of one bucket run together from the start; the other learns what pays.
 */
class PaddingIT {
    private static final Path MINILM = Path.of(System.getProperty("longshore.home"), "models", "minilm");
    private static final int VECTOR = 384;
    private static final String PADDING = " parameters { key: 'longshore.padding' value { string_value:"
            + " 'input_ids=0 attention_mask=0 token_type_ids=0' } }";
    private static final String BUCKETS =
            " parameters { key: 'longshore.padding_buckets' value { string_value: '16,32' } }";

    @TempDir
    private static Path folder;

    private static ServedWires served;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        add(repository, "plain", "");
        add(repository, "bucketed", "dynamic_batching { max_queue_delay_microseconds: 300000000 }" + PADDING + BUCKETS);
        add(repository, "learning", "dynamic_batching { }" + PADDING);
        served = ServedWires.inRawForms(repository);
    }

    private static void add(TestRepository repository, String name, String batching) throws IOException {
        Path file = repository.path().resolve(name).resolve("1").resolve("model.onnx");
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, MINILM.resolve("1").resolve("model.onnx"));
        repository.config(
                name,
                "platform: 'onnxruntime_onnx' max_batch_size: 4 instance_group [ { count: 1 kind: KIND_CPU } ]"
                        + " input [ { name: 'input_ids' data_type: TYPE_INT64 dims: [ -1 ] },"
                        + " { name: 'attention_mask' data_type: TYPE_INT64 dims: [ -1 ] },"
                        + " { name: 'token_type_ids' data_type: TYPE_INT64 dims: [ -1 ] } ]"
                        + " output [ { name: 'last_hidden_state' data_type: TYPE_FP32 dims: [ -1, " + VECTOR + " ] } ] "
                        + batching);
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    static List<Wire> wires() {
        return served.all();
    }

    private static WireCall text(String model, int rows, int length) {
        return WireCall.to(
                model,
                numbers("input_ids", rows, length, i -> 1000L + 37L * i),
                numbers("attention_mask", rows, length, i -> 1),
                numbers("token_type_ids", rows, length, i -> 0));
    }

    private interface Numbers {
        long at(int index);
    }

    private static WireTensor numbers(String name, int rows, int length, Numbers numbers) {
        Object[] values =
                IntStream.range(0, rows * length).mapToObj(numbers::at).toArray();
        return tensor(name, "INT64", List.of((long) rows, (long) length), values);
    }

    private static void checkEqual(WireAnswer padded, WireAnswer plain) {
        WireTensor got = padded.output("last_hidden_state");
        WireTensor expected = plain.output("last_hidden_state");
        assertThat(got.shape()).isEqualTo(expected.shape());
        ByteBuffer left = ByteBuffer.wrap(got.data()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer right = ByteBuffer.wrap(expected.data()).order(ByteOrder.LITTLE_ENDIAN);
        double farthest = 0;
        while (right.hasRemaining()) {
            farthest = Math.max(farthest, Math.abs(left.getFloat() - right.getFloat()));
        }
        assertThat(farthest).isLessThan(1e-4);
    }

    /** Three requests fill a batch that else would wait for minutes. */
    @ParameterizedTest
    @MethodSource("wires")
    void requestsOfOneBucket_shareAnExecutionAndGetTheirOwn(Wire wire) {
        long before = executions("bucketed");
        List<CompletableFuture<WireAnswer>> answers = IntStream.of(9, 16, 12, 10)
                .mapToObj(length -> served.send(wire, text("bucketed", 1, length)))
                .toList();

        List<Integer> lengths = List.of(9, 16, 12, 10);
        for (int i = 0; i < lengths.size(); i++) {
            checkEqual(answers.get(i).join(), wire.infer(text("plain", 1, lengths.get(i))));
        }
        assertThat(executions("bucketed") - before).isEqualTo(1);
    }

    @Test
    void rowsOfSeveralRequests_areCutBackEach() {
        Wire wire = wires().get(0);
        CompletableFuture<WireAnswer> two = served.send(wire, text("bucketed", 2, 20));
        CompletableFuture<WireAnswer> others = served.send(wire, text("bucketed", 2, 30));

        checkEqual(two.join(), wire.infer(text("plain", 2, 20)));
        checkEqual(others.join(), wire.infer(text("plain", 2, 30)));
    }

    /** Each wave has no two requests of one length, so what ran together was padded. */
    @ParameterizedTest
    @MethodSource("wires")
    void costsThatAreLearned_haveLengthsRunTogether(Wire wire) {
        List<WireAnswer> expected = IntStream.range(0, 8)
                .mapToObj(i -> wire.infer(text("plain", 1, 6 + i)))
                .toList();
        long requests = 0;
        long before = executions("learning");
        for (int wave = 0; wave < 60 && requests == executions("learning") - before; wave++) {
            List<CompletableFuture<WireAnswer>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                WireCall call = text("learning", 1, 6 + i);
                answers.add(served.send(wire, call));
                requests++;
            }
            for (int i = 0; i < 8; i++) {
                checkEqual(answers.get(i).join(), expected.get(i));
            }
        }

        assertThat(executions("learning") - before).as("executions").isLessThan(requests);
    }

    private static long executions(String model) {
        JsonNode statistics = wires().get(0).statistics(model).get(0);
        return statistics.get("execution_count").asLong();
    }
}
