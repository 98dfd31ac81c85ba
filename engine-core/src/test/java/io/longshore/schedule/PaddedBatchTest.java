package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.DynamicBatching;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.PadValue;
import io.longshore.model.Padding;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Requests of different lengths put into one batch, and taken out of it as they were. */
class PaddedBatchTest {
    private static final List<DataType> TYPES = List.of(DataType.values());

    private final CountingAllocator allocator = new CountingAllocator();

    @AfterEach
    void everythingIsReleased() {
        assertThat(allocator.live()).as("tensors left").isZero();
    }

    private BatchAssembler assembler(List<ModelInput> inputs, List<ModelOutput> outputs, Padding padding) {
        try {
            return new BatchAssembler(
                    allocator,
                    PaddedTensors.of(ModelConfig.builder("m")
                            .backend("b")
                            .maxBatchSize(8)
                            .inputs(inputs)
                            .outputs(outputs)
                            .dynamicBatching(new DynamicBatching(
                                    List.of(), Duration.ZERO, false, 0, 0, Map.of(), Duration.ZERO, padding))
                            .build()),
                    null);
        } catch (InvalidModelConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private BatchAssembler identity(DataType type, String value, Long... dims) {
        return assembler(
                List.of(ModelInput.of("T", type, dims)),
                List.of(ModelOutput.of("T", type, dims)),
                new Padding(Map.of("T", value), List.of(), null));
    }

    private static byte[] bytes(Tensor tensor) {
        ByteBuffer buffer = tensor.buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private Tensor tensor(Random random, DataType type, long[] dims) {
        Shape shape = Shape.of(dims);
        byte[] content = new byte[(int) Tensor.byteSizeOf("T", type, shape)];
        random.nextBytes(content);
        Tensor tensor = new Tensor("T", type, shape, allocator.allocate(content.length));
        tensor.buffer().put(content);
        return tensor;
    }

    /** Each element of the batch against where it came from, and each request's part against what it was. */
    @RepeatedTest(200)
    void paddedAndCutBack_isWhatItWas(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        String seen = "seed " + repetition.getCurrentRepetition();
        DataType type = TYPES.get(random.nextInt(TYPES.size() - 1));
        Long[] dims = random.longs(1 + random.nextInt(3), 1, 4).boxed().toArray(Long[]::new);
        int axis = 1 + random.nextInt(dims.length);
        dims[axis - 1] = -1L;
        String value = random.nextBoolean() ? "0" : "1";
        List<Long> buckets = random.nextBoolean() ? List.of() : List.of(4L, 6L);
        BatchAssembler assembler = assembler(
                List.of(ModelInput.of("T", type, dims)),
                List.of(ModelOutput.of("T", type, dims)),
                new Padding(Map.of("T", value), buckets, null));
        List<List<Tensor>> items = new ArrayList<>();
        long[] rows = random.longs(2 + random.nextInt(4), 0, 4).toArray();
        for (long each : rows) {
            long[] own = Stream.concat(Stream.of(each), Arrays.stream(dims))
                    .mapToLong(Long::longValue)
                    .toArray();
            own[axis] = 1L + random.nextInt(8);
            items.add(List.of(tensor(random, type, own)));
        }

        BatchLengths lengths = assembler.lengths(items);
        List<Tensor> batch = assembler.assemble(items, lengths);
        long longest = items.stream()
                .mapToLong(item -> item.get(0).shape().dim(axis))
                .max()
                .orElseThrow();
        if (lengths != null) {
            assertThat(lengths.padded()).as(seen).isEqualTo(new LengthBuckets(buckets).bucket(longest));
            checkElements(batch.get(0), items, axis, PadValue.bytes(type, value).orElseThrow(), seen);
        }
        assembler.checkLengths(batch, lengths);
        List<List<Tensor>> again = assembler.disassemble(batch, rows, items, lengths);

        for (int i = 0; i < rows.length; i++) {
            Tensor before = items.get(i).get(0);
            Tensor after = again.get(i).get(0);
            assertThat(after.shape()).as(seen).isEqualTo(before.shape());
            assertThat(bytes(after)).as(seen).isEqualTo(bytes(before));
            before.release();
            after.release();
        }
    }

    private static void checkElements(Tensor batch, List<List<Tensor>> items, int axis, byte[] fill, String seen) {
        int width = batch.type().byteWidth();
        byte[] all = bytes(batch);
        long row = 0;
        int place = 0;
        for (List<Tensor> item : items) {
            Tensor part = item.get(0);
            byte[] own = bytes(part);
            int taken = 0;
            long perRow = batch.shape().dim(0) == 0
                    ? 0
                    : batch.shape().elementCount() / batch.shape().dim(0);
            for (long i = 0; i < part.shape().dim(0) * perRow; i++) {
                boolean isReal = step(batch.shape(), i, axis) < part.shape().dim(axis);
                byte[] expected = isReal ? Arrays.copyOfRange(own, taken, taken + width) : fill;
                taken += isReal ? width : 0;
                assertThat(Arrays.copyOfRange(all, place, place + width))
                        .as(seen)
                        .isEqualTo(expected);
                place += width;
            }
            row += part.shape().dim(0);
        }
        assertThat(batch.shape().dim(0)).as(seen).isEqualTo(row);
        assertThat(place).as(seen).isEqualTo(all.length);
    }

    /** Where along an axis an element lies. */
    private static long step(Shape shape, long element, int axis) {
        long behind = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            behind *= shape.dim(i);
        }
        return element / behind % shape.dim(axis);
    }

    private static Tensor only(List<Tensor> tensors) {
        assertThat(tensors).hasSize(1);
        return tensors.get(0);
    }

    @Test
    void oneRowAlongTheFirstDimension_isCutBackWithoutACopy() {
        BatchAssembler assembler = identity(DataType.INT32, "0", -1L, 2L);
        Tensor output = Tensors.ofInts(allocator, "T", Shape.of(2, 2, 2), 1, 2, 0, 0, 3, 4, 5, 6);

        List<List<Tensor>> items = assembler.disassemble(
                List.of(output), new long[] {1, 1}, List.of(), new BatchLengths(List.of(1L, 2L), 2));

        assertThat(allocator.total()).isEqualTo(1);
        assertThat(Tensors.ints(only(items.get(0)))).containsExactly(1, 2);
        assertThat(Tensors.ints(only(items.get(1)))).containsExactly(3, 4, 5, 6);
        items.forEach(item -> item.forEach(Tensor::release));
    }

    @Test
    void strings_areCutBackByElements() {
        BatchAssembler assembler = assembler(
                List.of(ModelInput.of("I", DataType.INT8, -1L)),
                List.of(ModelOutput.of("O", DataType.BYTES, -1L)),
                new Padding(Map.of("I", "0"), List.of(), null));
        Tensor output = Tensors.ofStrings(allocator, "O", Shape.of(3, 2), "a", "pad", "", "ppad", "bb", "ccc");

        List<List<Tensor>> items = assembler.disassemble(
                List.of(output), new long[] {2, 1}, List.of(), new BatchLengths(List.of(1L, 2L), 2));

        assertThat(Tensors.strings(only(items.get(0)))).containsExactly("a", "");
        assertThat(only(items.get(0)).shape()).isEqualTo(Shape.of(2, 1));
        assertThat(Tensors.strings(only(items.get(1)))).containsExactly("bb", "ccc");
        items.forEach(item -> item.forEach(Tensor::release));
    }

    @Test
    void inputsThatDifferInOneRequest_areNotPadded() {
        BatchAssembler assembler = assembler(
                List.of(ModelInput.of("A", DataType.INT8, -1L), ModelInput.of("B", DataType.INT8, -1L)),
                List.of(ModelOutput.of("O", DataType.INT8, 1L)),
                new Padding(Map.of("A", "0", "B", "0"), List.of(), null));
        List<Tensor> item = List.of(
                new Tensor("A", DataType.INT8, Shape.of(1, 2), allocator.allocate(2)),
                new Tensor("B", DataType.INT8, Shape.of(1, 3), allocator.allocate(3)));

        assertThat(assembler.lengths(List.of(item, item))).isNull();
        item.forEach(Tensor::release);
    }

    @Test
    void outputThatIsNotAsLongAsTheInputs_namesTheParameter() {
        BatchAssembler assembler = identity(DataType.INT8, "0", -1L);
        Tensor output = new Tensor("T", DataType.INT8, Shape.of(2, 3), allocator.allocate(6));

        assertThatThrownBy(() -> assembler.checkLengths(List.of(output), new BatchLengths(List.of(1L, 4L), 4)))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAILED))
                .hasMessageContaining("'T'")
                .hasMessageContaining("longshore.padding_outputs");
        output.release();
    }

    @Test
    void refusedMemory_leavesNothingBehind() {
        BatchAssembler assembler = identity(DataType.INT8, "0", -1L);
        Tensor output = new Tensor("T", DataType.INT8, Shape.of(4, 4), allocator.allocate(16));
        allocator.refuseBeyond(1);

        BatchLengths lengths = new BatchLengths(List.of(4L, 2L), 4);
        assertThatThrownBy(() -> assembler.disassemble(List.of(output), new long[] {2, 2}, List.of(), lengths))
                .isInstanceOf(MemoryBudgetExceededException.class);
    }
}
