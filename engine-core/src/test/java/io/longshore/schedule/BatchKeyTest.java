package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchKeyTest {
    private static final ModelInput ANY_LENGTH = ModelInput.of("A", DataType.INT8, -1L);
    private static final ModelInput OPTIONAL = new ModelInput("B", DataType.INT8, List.of(2L), null, true);
    private static final ModelInput FIXED = ModelInput.of("C", DataType.INT8, 3L, 1L);

    /** Keys that differ from each other, of a model with one input of any length. */
    static List<BatchKey> keysOfLengths(int count) {
        BatchKey.Maker maker = maker(ANY_LENGTH);
        return LongStream.range(0, count)
                .mapToObj(length -> maker.of(List.of(tensor("A", 1, length)), false))
                .toList();
    }

    private static BatchKey.Maker maker(ModelInput... inputs) {
        try {
            ModelConfig config = ModelConfig.builder("m")
                    .backend("b")
                    .maxBatchSize(8)
                    .inputs(List.of(inputs))
                    .outputs(List.of(ModelOutput.of("O", DataType.INT8, 1L)))
                    .build();
            return new BatchKey.Maker(config, null);
        } catch (InvalidModelConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Tensor tensor(String name, long... dims) {
        Shape shape = Shape.of(dims);
        return new Tensor(name, DataType.INT8, shape, MemoryAllocator.HEAP.allocate(shape.elementCount()));
    }

    @Test
    void rows_doNotMatter() {
        BatchKey.Maker maker = maker(ANY_LENGTH, FIXED);

        assertThat(maker.of(List.of(tensor("A", 1, 5), tensor("C", 1, 3, 1)), false))
                .isEqualTo(maker.of(List.of(tensor("A", 4, 5), tensor("C", 4, 3, 1)), false));
    }

    @Test
    void otherDimensions_do() {
        BatchKey.Maker maker = maker(ANY_LENGTH, FIXED);

        assertThat(maker.of(List.of(tensor("A", 1, 5), tensor("C", 1, 3, 1)), false))
                .isNotEqualTo(maker.of(List.of(tensor("A", 1, 6), tensor("C", 1, 3, 1)), false));
    }

    @Test
    void inputsThatAreLeftOut_do() {
        BatchKey.Maker maker = maker(OPTIONAL, new ModelInput("D", DataType.INT8, List.of(2L), null, true), FIXED);

        BatchKey first = maker.of(List.of(tensor("B", 1, 2), tensor("C", 1, 3, 1)), false);
        BatchKey second = maker.of(List.of(tensor("D", 1, 2), tensor("C", 1, 3, 1)), false);
        BatchKey both = maker.of(List.of(tensor("B", 1, 2), tensor("D", 1, 2), tensor("C", 1, 3, 1)), false);
        assertThat(List.of(first, second, both)).doesNotHaveDuplicates();
        assertThat(maker.of(List.of(tensor("B", 3, 2), tensor("C", 3, 3, 1)), false))
                .isEqualTo(first);
    }

    @Test
    void fixedModel_hasOneKey() {
        BatchKey.Maker maker = maker(FIXED);

        assertThat(maker.of(List.of(tensor("C", 1, 3, 1)), false)).isSameAs(BatchKey.ANY);
    }
}
