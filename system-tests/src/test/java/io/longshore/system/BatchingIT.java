package io.longshore.system;

import static io.longshore.onnx.Dim.dim;
import static io.longshore.system.TensorValues.tensor;
import static io.longshore.system.TensorValues.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that the server puts together, over every wire. Each model waits long for a batch of a certain size and runs it the
 * moment that it is there, so that the tests know what runs together; a batch that did not form would take them minutes.
 *
 * <p>Some tests are for faults that other servers have had; they name the report.
 */
class BatchingIT {
    private static final String PATIENT = " max_queue_delay_microseconds: 300000000 }";

    @TempDir
    private static Path folder;

    private static ServedWires served;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        repository
                .onnx("sums", 1, OnnxModels.simple())
                .config("sums", "max_batch_size: 8 dynamic_batching { preferred_batch_size: 3" + PATIENT);
        repository
                .onnx("rows", 1, OnnxModels.simple())
                .config("rows", "max_batch_size: 8 dynamic_batching { preferred_batch_size: 4" + PATIENT);
        repository
                .onnx("words", 1, OnnxModels.identity(ElementType.STRING, dim("N"), dim("M")))
                .config("words", "max_batch_size: 3 dynamic_batching {" + PATIENT);
        repository
                .onnx("table", 1, OnnxModels.lookup())
                .config("table", "max_batch_size: 4 dynamic_batching {" + PATIENT);
        repository
                .onnx("lengths", 1, OnnxModels.identity(ElementType.FLOAT, dim("N"), dim("M")))
                .config("lengths", "max_batch_size: 2 dynamic_batching {" + PATIENT);
        repository
                .javaModel("parameters", ParametersModel.class)
                .config(
                        "parameters",
                        "backend: 'java' dynamic_batching {" + PATIENT
                                + " parameters { key: 'rows' value { string_value: '3' } }"
                                + " parameters { key: 'class' value { string_value: '" + ParametersModel.class.getName()
                                + "' } }");
        served = ServedWires.inAllForms(repository);
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

    private static List<CompletableFuture<WireAnswer>> sendAll(Wire wire, List<WireCall> calls) {
        return calls.stream().map(call -> served.send(wire, call)).toList();
    }

    /** Executions and rows so far. */
    private static List<Long> counts(Wire wire, String model) {
        JsonNode statistics = wire.statistics(model).get(0);
        return List.of(
                statistics.get("execution_count").asLong(),
                statistics.get("inference_count").asLong());
    }

    private static List<Long> grown(List<Long> before, List<Long> after) {
        return IntStream.range(0, before.size())
                .mapToObj(i -> after.get(i) - before.get(i))
                .toList();
    }

    private static WireTensor ints(String name, int rows, int first) {
        Object[] values = IntStream.range(first, first + rows * 16).boxed().toArray();
        return tensor(name, "INT32", List.of((long) rows, 16L), values);
    }

    private static WireCall sum(String model, int rows, int first) {
        return WireCall.to(model, ints("INPUT0", rows, first), ints("INPUT1", rows, 0));
    }

    private static List<Object> expectedSums(int rows, int first) {
        return IntStream.range(0, rows * 16)
                .<Object>mapToObj(i -> BigInteger.valueOf(first + 2L * i))
                .toList();
    }

    /** MLServer 1306 and 1911: of three callers at once, some got the answer of another, or none. */
    @ParameterizedTest
    @MethodSource("wires")
    void threeCallersAtOnce_shareAnExecutionAndGetTheirOwn(Wire wire) {
        List<Long> before = counts(wire, "sums");
        for (int round = 0; round < 20; round++) {
            int base = 1000 * round;
            List<CompletableFuture<WireAnswer>> answers = sendAll(
                    wire, List.of(sum("sums", 1, base), sum("sums", 1, base + 100), sum("sums", 1, base + 200)));
            for (int caller = 0; caller < 3; caller++) {
                WireAnswer answer = answers.get(caller).join();
                assertThat(TensorValues.of(answer.output("OUTPUT0"))).isEqualTo(expectedSums(1, base + 100 * caller));
                assertThat(answer.output("OUTPUT0").shape()).containsExactly(1L, 16L);
            }
        }

        assertThat(grown(before, counts(wire, "sums"))).containsExactly(20L, 60L);
    }

    /** BentoML 3710: requests were counted where rows should be. */
    @ParameterizedTest
    @MethodSource("wires")
    void rows_fillABatchAndNotRequests(Wire wire) {
        List<Long> before = counts(wire, "rows");
        List<CompletableFuture<WireAnswer>> answers = sendAll(wire, List.of(sum("rows", 3, 50), sum("rows", 1, 7)));

        assertThat(TensorValues.of(answers.get(0).join().output("OUTPUT0"))).isEqualTo(expectedSums(3, 50));
        assertThat(TensorValues.of(answers.get(1).join().output("OUTPUT0"))).isEqualTo(expectedSums(1, 7));
        assertThat(grown(before, counts(wire, "rows"))).containsExactly(1L, 4L);
    }

    /** MLServer 514: batched requests got all outputs, whatever they asked for. */
    @ParameterizedTest
    @MethodSource("wires")
    void outputs_areThoseThatEachRequestAskedFor(Wire wire) {
        List<CompletableFuture<WireAnswer>> answers = sendAll(
                wire,
                List.of(
                        sum("sums", 1, 1).output("OUTPUT1"),
                        sum("sums", 1, 2).output("OUTPUT1").output("OUTPUT0"),
                        sum("sums", 1, 3)));

        assertThat(answers.get(0).join().outputs()).extracting(WireTensor::name).containsExactly("OUTPUT1");
        assertThat(answers.get(1).join().outputs()).extracting(WireTensor::name).containsExactly("OUTPUT1", "OUTPUT0");
        assertThat(answers.get(2).join().outputs()).hasSize(2);
    }

    /** MLServer 1541: parameters of a batched request came to the model cut off. */
    @ParameterizedTest
    @MethodSource("wires")
    void parameters_areThoseOfEachRequest(Wire wire) {
        WireCall plain = WireCall.to("parameters", tensor("ANY", "INT32", List.of(1L, 1L), 0));
        List<CompletableFuture<WireAnswer>> answers = sendAll(
                wire,
                List.of(
                        plain.parameter("who", "first with a long text").parameter("rank", 1L),
                        plain,
                        plain.parameter("who", "third")));

        assertThat(told(answers.get(0))).containsExactlyInAnyOrder("who=first with a long text", "rank=1");
        assertThat(told(answers.get(1))).isEmpty();
        assertThat(told(answers.get(2))).containsExactly("who=third");
    }

    private static List<String> told(CompletableFuture<WireAnswer> answer) {
        return TensorValues.of(answer.join().output("TOLD")).stream()
                .map(text -> new String((byte[]) text, StandardCharsets.UTF_8))
                .toList();
    }

    /** MLServer 1718: BYTES were given back to the wrong requests. */
    @ParameterizedTest
    @MethodSource("wires")
    void strings_goBackToWhoSentThem(Wire wire) {
        List<Long> before = counts(wire, "words");
        List<WireTensor> sent = List.of(
                texts("INPUT0", List.of(1L, 2L), "", "a longer text"),
                texts("INPUT0", List.of(1L, 2L), "b", ""),
                texts("INPUT0", List.of(1L, 2L), "ccc", "\u00e4\u4e2d\u6587"));
        List<CompletableFuture<WireAnswer>> answers = sendAll(
                wire, sent.stream().map(each -> WireCall.to("words", each)).toList());

        for (int i = 0; i < sent.size(); i++) {
            assertThat(answers.get(i).join().output("OUTPUT0"))
                    .isEqualTo(sent.get(i).named("OUTPUT0"));
        }
        assertThat(grown(before, counts(wire, "words"))).containsExactly(1L, 3L);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void oneBadRequest_failsAlone(Wire wire) {
        List<CompletableFuture<WireAnswer>> answers =
                sendAll(wire, List.of(position(0), position(3), position(9), position(1)));

        assertThat(value(answers.get(0))).isEqualTo(10f);
        assertThat(value(answers.get(1))).isEqualTo(40f);
        assertThat(value(answers.get(3))).isEqualTo(20f);
        assertThatThrownBy(() -> answers.get(2).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(WireRefusal.class)
                .hasMessageContaining("indices element out of data bounds, idx=9");
    }

    private static WireCall position(long index) {
        return WireCall.to("table", tensor("INPUT0", "INT64", List.of(1L, 1L), index));
    }

    private static Object value(CompletableFuture<WireAnswer> answer) {
        return TensorValues.of(answer.join().output("OUTPUT0")).get(0);
    }

    /** A member whose time is over must not cost its neighbours their answers, nor wait for the batch itself. */
    @ParameterizedTest
    @MethodSource("wires")
    void memberWhoseTimeIsOver_leavesTheOthersTheirAnswers(Wire wire) {
        CompletableFuture<WireAnswer> late = served.send(wire, sum("sums", 1, 1).parameter("timeout", 1000L));
        assertThatThrownBy(late::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasMessageContaining("Request timeout expired");

        List<CompletableFuture<WireAnswer>> others = new ArrayList<>();
        IntStream.range(0, 3).forEach(i -> others.add(served.send(wire, sum("sums", 1, 10 * i))));
        for (int i = 0; i < 3; i++) {
            assertThat(TensorValues.of(others.get(i).join().output("OUTPUT0"))).isEqualTo(expectedSums(1, 10 * i));
        }
    }

    @ParameterizedTest
    @MethodSource("wires")
    void requestsOfDifferentLengths_waitForTheirOwnKind(Wire wire) {
        List<Long> before = counts(wire, "lengths");
        List<WireTensor> sent = List.of(
                tensor("INPUT0", "FP32", List.of(1L, 2L), 1f, 2f),
                tensor("INPUT0", "FP32", List.of(1L, 1L), 3f),
                tensor("INPUT0", "FP32", List.of(1L, 1L), 4f),
                tensor("INPUT0", "FP32", List.of(1L, 2L), 5f, 6f));
        List<CompletableFuture<WireAnswer>> answers = sendAll(
                wire, sent.stream().map(each -> WireCall.to("lengths", each)).toList());

        for (int i = 0; i < sent.size(); i++) {
            assertThat(answers.get(i).join().output("OUTPUT0"))
                    .isEqualTo(sent.get(i).named("OUTPUT0"));
        }
        assertThat(grown(before, counts(wire, "lengths"))).containsExactly(2L, 4L);
    }
}
