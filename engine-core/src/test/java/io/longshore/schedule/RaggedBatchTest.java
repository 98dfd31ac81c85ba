package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.InferenceException;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.RaggedBatching;
import io.longshore.model.RaggedBatching.BatchInput;
import io.longshore.model.RaggedBatching.BatchOutput;
import io.longshore.model.RaggedBatching.Kind;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of different shapes put behind one another, and what the server makes to tell of them. */
class RaggedBatchTest {
    private final CountingAllocator allocator = new CountingAllocator();

    @AfterEach
    void everythingIsReleased() {
        assertThat(allocator.live()).as("tensors left").isZero();
    }

    private static ModelConfig config(Kind kind, DataType type, Long... outputDims) {
        try {
            return ModelConfig.builder("m")
                    .backend("b")
                    .maxBatchSize(8)
                    .inputs(List.of(ModelInput.of("A", DataType.FP32, -1L, -1L)))
                    .outputs(List.of(ModelOutput.of("O", DataType.FP32, outputDims)))
                    .ragged(new RaggedBatching(
                            Set.of("A"),
                            List.of(new BatchInput(kind, List.of("X", "Y"), type, "A")),
                            List.of(new BatchOutput(List.of("O"), "A"))))
                    .build();
        } catch (InvalidModelConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private BatchAssembler assembler(Kind kind, DataType type) {
        return new BatchAssembler(allocator, null, RaggedTensors.of(config(kind, type, -1L, -1L)));
    }

    private List<Tensor> item(float first, long... dims) {
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = first + i;
        }
        return List.of(Tensors.ofFloats(allocator, "A", shape, values));
    }

    private static void release(List<Tensor> tensors) {
        tensors.forEach(Tensor::release);
    }

    /** Two requests: two rows of [1,3], one row of [2,2]. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BATCH_ELEMENT_COUNT                       | [2]   | 6,4
            BATCH_ACCUMULATED_ELEMENT_COUNT           | [2]   | 6,10
            BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO | [3]   | 0,6,10
            BATCH_MAX_ELEMENT_COUNT_AS_SHAPE          | [6]   | 0,0,0,0,0,0
            BATCH_ITEM_SHAPE                          | [3,2] | 1,3,1,3,2,2
            BATCH_ITEM_SHAPE_FLATTEN                  | [6]   | 1,3,1,3,2,2
            """)
    void eachKind_tellsOfTheRequests(Kind kind, String shape, String values) {
        List<List<Tensor>> items = List.of(item(1, 2, 1, 3), item(20, 1, 2, 2));

        for (DataType type : List.of(DataType.INT32, DataType.FP32)) {
            List<Tensor> batch = assembler(kind, type).assemble(items, null);
            assertThat(batch).extracting(Tensor::name).containsExactly("A", "X", "Y");
            assertThat(batch.get(0).shape()).isEqualTo(Shape.of(10));
            assertThat(Tensors.floats(batch.get(0))).containsExactly(1, 2, 3, 4, 5, 6, 20, 21, 22, 23);
            for (Tensor made : batch.subList(1, 3)) {
                assertThat(made.shape()).hasToString(shape);
                assertThat(made.type()).isEqualTo(type);
                assertThat(texts(made)).isEqualTo(values);
            }
            release(batch);
        }
        items.forEach(RaggedBatchTest::release);
    }

    private static String texts(Tensor tensor) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < tensor.shape().elementCount(); i++) {
            int bits = tensor.buffer().getInt(4 * i);
            texts.add(String.valueOf(tensor.type() == DataType.FP32 ? Math.round(Float.intBitsToFloat(bits)) : bits));
        }
        return String.join(",", texts);
    }

    @Test
    void oneRequest_hasItsBatchInputsToo() {
        List<Tensor> item = item(1, 1, 1, 3);

        List<Tensor> batch =
                assembler(Kind.BATCH_ACCUMULATED_ELEMENT_COUNT, DataType.INT32).assemble(List.of(item), null);

        assertThat(batch.get(0).shape()).isEqualTo(Shape.of(3));
        assertThat(texts(batch.get(1))).isEqualTo("3");
        release(batch);
        release(item);
    }

    /** What stood behind one another is given back in the shapes that it had, whatever they are. */
    @RepeatedTest(100)
    void scattered_isWhatItWas(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        BatchAssembler assembler = assembler(Kind.BATCH_ELEMENT_COUNT, DataType.INT32);
        List<List<Tensor>> items = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            items.add(item(100 * i, random.nextInt(3), random.nextInt(4), random.nextInt(4)));
        }
        long[] rows =
                items.stream().mapToLong(item -> item.get(0).shape().dim(0)).toArray();
        List<Tensor> batch = assembler.assemble(items, null);
        Tensor output = batch.get(0).renamed("O");

        List<List<Tensor>> parts = assembler.disassemble(List.of(output), rows, items, null);

        for (int i = 0; i < items.size(); i++) {
            String seen = "seed " + repetition.getCurrentRepetition() + " item " + i;
            Tensor before = items.get(i).get(0);
            Tensor after = parts.get(i).get(0);
            assertThat(after.shape()).as(seen).isEqualTo(before.shape());
            assertThat(Tensors.floats(after)).as(seen).isEqualTo(Tensors.floats(before));
        }
        release(batch);
        parts.forEach(RaggedBatchTest::release);
        items.forEach(RaggedBatchTest::release);
    }

    @Test
    void fixedDimensionsOfAnOutput_areItsOwn() {
        BatchAssembler assembler = new BatchAssembler(
                allocator, null, RaggedTensors.of(config(Kind.BATCH_ELEMENT_COUNT, DataType.INT32, -1L, 1L)));
        List<List<Tensor>> items = List.of(item(1, 1, 2, 3), item(20, 1, 1, 7));

        List<List<Tensor>> parts = assembler.disassemble(
                List.of(Tensors.ofFloats(allocator, "O", Shape.of(3), 1, 2, 3)), new long[] {1, 1}, items, null);

        assertThat(parts.get(0).get(0).shape()).isEqualTo(Shape.of(1, 2, 1));
        assertThat(Tensors.floats(parts.get(1).get(0))).containsExactly(3);
        parts.forEach(RaggedBatchTest::release);
        items.forEach(RaggedBatchTest::release);
    }

    @Test
    void outputOfOtherSize_isNotTakenApart() {
        BatchAssembler assembler = assembler(Kind.BATCH_ELEMENT_COUNT, DataType.INT32);
        List<List<Tensor>> items = List.of(item(1, 1, 1, 3));
        Tensor output = Tensors.ofFloats(allocator, "O", Shape.of(2), 1, 2);

        assertThatThrownBy(() -> assembler.disassemble(List.of(output), new long[] {1}, items, null))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("expected 3 elements in model output, got shape [2]");
        items.forEach(RaggedBatchTest::release);
    }

    @Test
    void shapesOfRaggedInputs_doNotKeepRequestsApart() {
        BatchKey.Maker maker = new BatchKey.Maker(config(Kind.BATCH_ELEMENT_COUNT, DataType.INT32, -1L, -1L), null);
        List<Tensor> one = item(1, 1, 1, 3);
        List<Tensor> other = item(1, 2, 5, 3);

        assertThat(maker.of(one, false)).isEqualTo(maker.of(other, false));
        release(one);
        release(other);
    }
}
