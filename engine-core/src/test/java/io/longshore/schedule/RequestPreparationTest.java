package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts: protocol.md 1.2, "Core validation messages". The engine puts the request's id before them. */
class RequestPreparationTest {
    private static final String BATCH_NOTE =
            " NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to"
                    + " each input shape. If you want to specify the full shape including the batch dim in your input dims"
                    + " config, try setting max_batch_size to zero. See the model configuration docs for more info on"
                    + " max_batch_size.";

    private static RequestPreparation preparation(int maxBatchSize, ModelInput... inputs) {
        try {
            return new RequestPreparation(ModelConfig.builder("m")
                    .backend("fake")
                    .maxBatchSize(maxBatchSize)
                    .inputs(List.of(inputs))
                    .outputs(List.of(
                            ModelOutput.of("OUT0", DataType.INT32, 16L), ModelOutput.of("OUT1", DataType.INT32, 16L)))
                    .build());
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Tensor ints(String name, long... shape) {
        Shape of = Shape.of(shape);
        return Tensors.ofInts(MemoryAllocator.HEAP, name, of, new int[(int) of.elementCount()]);
    }

    private static InferenceRequest request(Tensor... inputs) {
        return InferenceRequest.of(ModelSelector.latest("m"), List.of(inputs));
    }

    private static void refuses(RequestPreparation preparation, String message, Tensor... inputs) {
        assertThatThrownBy(() -> preparation.inputs(request(inputs)))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage(message);
    }

    private static ModelInput int16(String name) {
        return ModelInput.of(name, DataType.INT32, 16L);
    }

    @Test
    void inputs_comeInTheOrderOfTheConfiguration() {
        RequestPreparation two = preparation(8, int16("A"), int16("B"));
        Tensor a = ints("A", 2, 16);
        Tensor b = ints("B", 2, 16);

        assertThat(two.inputs(request(b, a))).containsExactly(a, b);
    }

    @Test
    void batchTooLarge_isRefused() {
        refuses(preparation(8, int16("x")), "inference request batch-size must be <= 8 for 'm'", ints("x", 9, 16));
    }

    @Test
    void noShapeWhereABatchIsExpected_isRefused() {
        refuses(
                preparation(8, int16("x")),
                "input 'x' has no shape but model requires batch dimension for 'm'",
                ints("x"));
    }

    @Test
    void differentBatchSizes_areRefused() {
        refuses(
                preparation(8, int16("a"), int16("x")),
                "input 'x' batch size does not match other inputs for 'm'",
                ints("a", 2, 16),
                ints("x", 3, 16));
    }

    @Test
    void otherDatatype_isRefused() {
        refuses(
                preparation(0, int16("x")),
                "inference input 'x' data-type is 'FP32', but model 'm' expects 'INT32'",
                Tensors.ofFloats(MemoryAllocator.HEAP, "x", Shape.of(1), 1f));
    }

    @Test
    void otherShapeWithBatching_isRefusedWithTheNote() {
        refuses(
                preparation(8, int16("x")),
                "unexpected shape for input 'x' for model 'm'. Expected [-1,16], got [1,8]." + BATCH_NOTE,
                ints("x", 1, 8));
    }

    @Test
    void otherShapeWithoutBatching_isRefusedWithoutTheNote() {
        refuses(
                preparation(0, int16("x")),
                "unexpected shape for input 'x' for model 'm'. Expected [16], got [8].",
                ints("x", 8));
    }

    @Test
    void otherRank_isRefused() {
        refuses(
                preparation(8, int16("x")),
                "unexpected shape for input 'x' for model 'm'. Expected [-1,16], got [8]." + BATCH_NOTE,
                ints("x", 8));
    }

    @Test
    void missingInputs_areNamed() {
        refuses(
                preparation(0, int16("A"), int16("B"), int16("C")),
                "expected 3 inputs but got 0 inputs for model 'm'. Got input(s) [], but missing required input(s)"
                        + " ['A','B','C']. Please provide all required input(s).");
        refuses(
                preparation(0, int16("A"), int16("B")),
                "expected 2 inputs but got 1 inputs for model 'm'. Got input(s) ['B'], but missing required input(s)"
                        + " ['A']. Please provide all required input(s).",
                ints("B", 16));
    }

    @Test
    void missingInputsBesideOptionalOnes_areNamedWithTheRange() {
        ModelInput optional = new ModelInput("O", DataType.INT32, List.of(16L), null, true);
        RequestPreparation preparation = preparation(0, int16("A"), int16("B"), optional);

        refuses(
                preparation,
                "expected number of inputs between 2 and 3 but got 2 inputs for model 'm'. Got input(s) ['A','O'], but"
                        + " missing required input(s) ['B']. Please provide all required input(s).",
                ints("A", 16),
                ints("O", 16));
        assertThat(preparation.inputs(request(ints("B", 16), ints("A", 16)))).hasSize(2);
    }

    @Test
    void unknownInputsAndOutputs_areRefused() {
        RequestPreparation preparation = preparation(0, int16("A"));
        refuses(preparation, "unexpected inference input 'x' for model 'm'", ints("A", 16), ints("x", 16));

        assertThatThrownBy(() -> preparation.outputs(wanting("OUT0", "x")))
                .hasMessage("unexpected inference output 'x' for model 'm'");
    }

    @Test
    void nameGivenTwice_isRefused() {
        RequestPreparation preparation = preparation(0, int16("x"), int16("y"));
        refuses(preparation, "input 'x' already exists in request", ints("x", 16), ints("x", 16));

        assertThatThrownBy(() -> preparation.outputs(wanting("OUT0", "OUT0")))
                .hasMessage("output 'OUT0' already exists in request");
    }

    @Test
    void outputs_areThoseWantedElseAll() {
        RequestPreparation preparation = preparation(0, int16("x"));

        assertThat(preparation.outputs(wanting("OUT1", "OUT0"))).containsExactly("OUT1", "OUT0");
        assertThat(preparation.outputs(wanting())).containsExactly("OUT0", "OUT1");
    }

    @Test
    void stringElements_areCounted() {
        RequestPreparation preparation = preparation(0, ModelInput.of("x", DataType.BYTES, -1L));
        HostMemory two = Tensors.ofStrings(MemoryAllocator.HEAP, "x", Shape.of(2), "a", "b")
                .host();

        refuses(
                preparation,
                "expected 3 string elements for inference input 'x' for model 'm', got 2",
                new Tensor("x", DataType.BYTES, Shape.of(3), two));
        refuses(
                preparation,
                "unexpected number of string elements 2 for inference input 'x' for model 'm', expecting 1",
                new Tensor("x", DataType.BYTES, Shape.of(1), two));
        assertThatThrownBy(() -> preparation.inputs(
                        request(new Tensor("x", DataType.BYTES, Shape.of(2), two.slice(0, two.byteSize() - 1)))))
                .hasMessageContaining("incomplete string data")
                .hasMessageEndingWith("for inference input 'x' for model 'm'");
    }

    @Test
    void reshapedInput_getsTheShapeOfTheBackend() {
        ModelInput reshaped = new ModelInput("x", DataType.INT32, List.of(1L), List.of(), false);

        assertThat(preparation(8, reshaped).inputs(request(ints("x", 4, 1))))
                .singleElement()
                .extracting(Tensor::shape)
                .isEqualTo(Shape.of(4));
    }

    private static InferenceRequest wanting(String... outputs) {
        InferenceRequest plain = request(ints("x", 16));
        return new InferenceRequest(
                "",
                plain.model(),
                plain.inputs(),
                Stream.of(outputs)
                        .map(name -> new RequestedOutput(name, Parameters.NONE))
                        .toList(),
                Parameters.NONE,
                plain.options());
    }
}
