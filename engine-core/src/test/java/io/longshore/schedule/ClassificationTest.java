package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.Labels;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClassificationTest {
    private static final Map<String, Labels> LABELS =
            Map.of("OUT", Labels.ofLines("cat\n\ndog".getBytes(StandardCharsets.UTF_8)));

    private final CountingAllocator memory = new CountingAllocator();

    @AfterEach
    void nothingIsLost() {
        assertThat(memory.live()).isZero();
    }

    @Test
    void requestWithoutClasses_getsTheVerySameOutputs() {
        List<Tensor> outputs = List.of(floats(Shape.of(2), 1, 2));

        assertThat(classification(0).apply(request(0), outputs)).isSameAs(outputs);
        outputs.forEach(Tensor::release);
    }

    @Test
    void classes_areTextsWithLabelsWhereThereAreAny() {
        assertClasses(classification(0), 4, floats(Shape.of(4), 1, 5, 10.5f, 4), Shape.of(4))
                .containsExactly("10.500000:2:dog", "5.000000:1", "4.000000:3", "1.000000:0:cat");
    }

    @Test
    void moreClassesThanElements_areAllElements() {
        assertClasses(classification(0), 9, floats(Shape.of(1, 2), 1, 5), Shape.of(2))
                .containsExactly("5.000000:1", "1.000000:0:cat");
        assertClasses(classification(0), -1, floats(Shape.of(2), 1, 5), Shape.of(2))
                .hasSize(2);
    }

    @Test
    void batchedModel_ranksEachRow() {
        assertClasses(classification(8), 1, floats(Shape.of(2, 3), 1, 2, 3, 6, 5, 4), Shape.of(2, 1))
                .containsExactly("3.000000:2:dog", "6.000000:0:cat");
    }

    @Test
    void integers_areShownAsSuch() {
        Tensor output = Tensors.ofInts(memory, "OUT", Shape.of(1, 3), -7, 12, 3);

        assertClasses(classification(8), 2, output, Shape.of(1, 2)).containsExactly("12:1", "3:2:dog");
    }

    @Test
    void tensorsWithoutElements_haveNoClasses() {
        assertClasses(classification(8), 2, floats(Shape.of(0, 3)), Shape.of(0, 0))
                .isEmpty();
        assertClasses(classification(8), 2, floats(Shape.of(2, 0)), Shape.of(2, 0))
                .isEmpty();
        assertClasses(classification(0), 2, floats(Shape.of(0)), Shape.of(0)).isEmpty();
    }

    @Test
    void scalar_isOneClass() {
        assertClasses(classification(0), 2, floats(Shape.of(), 3), Shape.of(1)).containsExactly("3.000000:0:cat");
    }

    @Test
    void otherOutputs_stayAsTheyAre() {
        Tensor other = Tensors.ofFloats(memory, "OTHER", Shape.of(1), 3);
        List<Tensor> result = classification(0).apply(request(1), List.of(other, floats(Shape.of(1), 4)));

        assertThat(Tensors.floats(result.get(0))).containsExactly(3);
        assertThat(Tensors.strings(result.get(1))).containsExactly("4.000000:0:cat");
        result.forEach(Tensor::release);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BOOL", "FP16", "BF16", "BYTES"})
    void typesWithoutOrder_areRefused(DataType type) {
        Tensor output = new Tensor("OUT", type, Shape.of(0), memory.allocate(0));

        assertRefused(classification(0), output, ErrorCode.INVALID_ARGUMENT)
                .hasMessage("class result not available for output due to unsupported type '" + type + "'");
    }

    @Test
    void rowsBeyondAMillion_areTooLarge() {
        Tensor output = new Tensor("OUT", DataType.INT8, Shape.of(1_000_001), memory.allocate(1_000_001));

        assertRefused(classification(0), output, ErrorCode.INVALID_ARGUMENT)
                .hasMessage("classification output tensor too large");
    }

    @Test
    void manyRows_areTooLargeTogether() {
        Tensor output = new Tensor("OUT", DataType.INT8, Shape.of(1_000_001, 1), memory.allocate(1_000_001));

        assertRefused(classification(8), output, ErrorCode.INVALID_ARGUMENT)
                .hasMessage("classification output tensor too large");
    }

    @Test
    void noMemoryForTheTexts_isUnavailable() throws InvalidModelConfigException {
        Classification poor = new Classification(config(0), LABELS, new BudgetedAllocator(MemoryAllocator.HEAP, 4));

        assertRefused(poor, floats(Shape.of(4), 1, 2, 3, 4), ErrorCode.UNAVAILABLE);
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(
            Classification classification, Tensor output, ErrorCode code) {
        return assertThatThrownBy(() -> classification.apply(request(2), List.of(output)))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static ListAssert<String> assertClasses(
            Classification classification, long classes, Tensor output, Shape shape) {
        Tensor result = classification.apply(request(classes), List.of(output)).get(0);
        assertThat(result.name()).isEqualTo("OUT");
        assertThat(result.shape()).isEqualTo(shape);
        List<String> texts = Tensors.strings(result);
        result.release();
        return assertThat(texts);
    }

    private Tensor floats(Shape shape, float... values) {
        return Tensors.ofFloats(memory, "OUT", shape, values);
    }

    private Classification classification(int maxBatchSize) {
        try {
            return new Classification(config(maxBatchSize), LABELS, memory);
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ModelConfig config(int maxBatchSize) throws InvalidModelConfigException {
        return ModelConfig.builder("m")
                .backend("fake")
                .maxBatchSize(maxBatchSize)
                .inputs(List.of(ModelInput.of("IN", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("OUT", DataType.FP32, -1L)))
                .build();
    }

    /** Asks for the two outputs, and so many classes of OUT. */
    private static InferenceRequest request(long classes) {
        return new InferenceRequest(
                "",
                ModelSelector.latest("m"),
                List.of(),
                List.of(
                        new RequestedOutput("OTHER", Parameters.NONE),
                        new RequestedOutput("OUT", Parameters.of(Map.of("classification", classes)))),
                Parameters.NONE,
                InferenceRequest.Options.DEFAULT);
    }
}
