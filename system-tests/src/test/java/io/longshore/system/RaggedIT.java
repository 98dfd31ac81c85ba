package io.longshore.system;

import static io.longshore.system.TensorValues.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of different shapes that stand behind one another in one execution, with what the server makes to tell of them. */
class RaggedIT {
    private static final String TENSORS = """

            platform: "onnxruntime_onnx"
            input [ { name: "INPUT0" data_type: TYPE_FP32 dims: [ -1 ] allow_ragged_batch: true } ]
            output [ { name: "OUTPUT0" data_type: TYPE_FP32 dims: [ 1 ] }, { name: "OUTPUT1" data_type: TYPE_FP32 dims: [ -1 ] } ]
            batch_input [ { kind: BATCH_ACCUMULATED_ELEMENT_COUNT target_name: "INPUT1" data_type: TYPE_INT32 source_input: "INPUT0" },
                          { kind: BATCH_ELEMENT_COUNT target_name: "INPUT2" data_type: TYPE_INT32 source_input: "INPUT0" } ]
            batch_output [ { kind: BATCH_SCATTER_WITH_INPUT_SHAPE target_name: "OUTPUT1" source_input: "INPUT0" } ]
            model_warmup [ { name: "one" batch_size: 1
                             inputs { key: "INPUT0" value { data_type: TYPE_FP32 dims: [ 5 ] zero_data: true } } } ]
            """;

    @TempDir
    private static Path folder;

    private static ServedWires served;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        repository
                .onnx("sums", 1, OnnxModels.raggedSums())
                .config(
                        "sums",
                        "max_batch_size: 3 dynamic_batching { max_queue_delay_microseconds: 300000000 }" + TENSORS);
        repository.onnx("alone", 1, OnnxModels.raggedSums()).config("alone", "max_batch_size: 3" + TENSORS);
        served = ServedWires.inRawForms(repository);
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

    private static WireCall numbers(String model, Object... values) {
        return WireCall.to(model, tensor("INPUT0", "FP32", List.of(1L, (long) values.length), values));
    }

    private static void check(WireAnswer answer, float sum, Object... negated) {
        assertThat(TensorValues.of(answer.output("OUTPUT0"))).containsExactly(sum);
        assertThat(answer.output("OUTPUT0").shape()).containsExactly(1L, 1L);
        assertThat(TensorValues.of(answer.output("OUTPUT1"))).containsExactly(negated);
        assertThat(answer.output("OUTPUT1").shape()).containsExactly(1L, (long) negated.length);
    }

    /** Three requests fill a batch that else would wait for minutes. */
    @ParameterizedTest
    @MethodSource("wires")
    void requestsOfDifferentLengths_shareAnExecution(Wire wire) {
        long before = executions();
        List<CompletableFuture<WireAnswer>> answers = new ArrayList<>();
        for (WireCall call :
                List.of(numbers("sums", 1f, 2f, 3f), numbers("sums", 10f), numbers("sums", 20f, 21f, 22f, 23f))) {
            answers.add(served.send(wire, call));
        }

        check(answers.get(0).join(), 6f, -1f, -2f, -3f);
        check(answers.get(1).join(), 10f, -10f);
        check(answers.get(2).join(), 86f, -20f, -21f, -22f, -23f);
        assertThat(executions() - before).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void requestAlone_hasItsBatchInputsToo(Wire wire) {
        check(wire.infer(numbers("alone", 4f, 5f)), 9f, -4f, -5f);
    }

    private static long executions() {
        return wires().get(0).statistics("sums").get(0).get("execution_count").asLong();
    }
}
