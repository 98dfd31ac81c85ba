package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BatchAssemblerTest {
    private static final List<DataType> TYPES = List.of(DataType.values());

    private final CountingAllocator allocator = new CountingAllocator();
    private final BatchAssembler assembler = new BatchAssembler(allocator, null, null);

    @AfterEach
    void everythingIsReleased() {
        assertThat(allocator.live()).as("tensors left").isZero();
    }

    private static byte[] bytes(Tensor tensor) {
        ByteBuffer buffer = tensor.buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** Assemble and disassemble gives every item what it had, whatever the types, the rows and the lengths. */
    @RepeatedTest(100)
    void assembledAndTakenApart_isWhatItWas(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int inputs = 1 + random.nextInt(3);
        DataType[] types = new DataType[inputs];
        long[][] dims = new long[inputs][];
        for (int i = 0; i < inputs; i++) {
            types[i] = TYPES.get(random.nextInt(TYPES.size()));
            dims[i] = random.longs(random.nextInt(3), 0, 4).toArray();
        }
        List<List<Tensor>> items = new ArrayList<>();
        long[] rows = new long[1 + random.nextInt(5)];
        for (int item = 0; item < rows.length; item++) {
            rows[item] = random.nextInt(4);
            List<Tensor> tensors = new ArrayList<>();
            for (int i = 0; i < inputs; i++) {
                tensors.add(tensor(random, "T" + i, types[i], Shape.of(dims[i]).prepend(rows[item])));
            }
            items.add(tensors);
        }

        List<List<Tensor>> again = assembler.disassemble(assembler.assemble(items, null), rows, items, null);

        for (int item = 0; item < rows.length; item++) {
            for (int i = 0; i < inputs; i++) {
                Tensor before = items.get(item).get(i);
                Tensor after = again.get(item).get(i);
                String seen = "seed " + repetition.getCurrentRepetition() + " item " + item + " tensor " + before;
                assertThat(after.name()).as(seen).isEqualTo(before.name());
                assertThat(after.type()).as(seen).isEqualTo(before.type());
                assertThat(after.shape()).as(seen).isEqualTo(before.shape());
                assertThat(bytes(after)).as(seen).isEqualTo(bytes(before));
                before.release();
                after.release();
            }
        }
    }

    private Tensor tensor(Random random, String name, DataType type, Shape shape) {
        if (type == DataType.BYTES) {
            List<byte[]> elements = new ArrayList<>();
            for (long i = 0; i < shape.elementCount(); i++) {
                byte[] element = new byte[random.nextInt(5)];
                random.nextBytes(element);
                elements.add(element);
            }
            return Tensors.ofBytes(allocator, name, shape, elements);
        }
        byte[] content = new byte[(int) Tensor.byteSizeOf(name, type, shape)];
        random.nextBytes(content);
        Tensor tensor = new Tensor(name, type, shape, allocator.allocate(content.length));
        tensor.buffer().put(content);
        return tensor;
    }

    @Test
    void strings_areTakenApartByElementsAndNotByBytes() {
        Tensor output = Tensors.ofStrings(allocator, "OUT", Shape.of(3, 2), "", "long one", "b", "", "ccc", "d");

        List<List<Tensor>> items = assembler.disassemble(List.of(output), new long[] {2, 1}, List.of(), null);

        assertThat(strings(items.get(0).get(0))).containsExactly("", "long one", "b", "");
        assertThat(strings(items.get(1).get(0))).containsExactly("ccc", "d");
        items.forEach(item -> item.forEach(Tensor::release));
    }

    private static List<String> strings(Tensor tensor) {
        return BytesElements.decode(tensor.buffer()).stream()
                .map(element -> new String(element, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void parts_shareTheMemoryOfTheWholeAndKeepItAlive() {
        Tensor output = Tensors.ofInts(allocator, "OUT", Shape.of(2, 1), 7, 8);

        List<List<Tensor>> items = assembler.disassemble(List.of(output), new long[] {1, 1}, List.of(), null);

        assertThat(allocator.total()).isEqualTo(1);
        items.get(0).get(0).release();
        assertThat(items.get(1).get(0).buffer().getInt()).isEqualTo(8);
        items.get(1).get(0).release();
    }

    @Test
    void outputWithOtherRows_isNotTakenApart() {
        Tensor good = Tensors.ofInts(allocator, "GOOD", Shape.of(2, 1), 7, 8);
        Tensor bad = Tensors.ofInts(allocator, "BAD", Shape.of(1, 2), 7, 8);

        assertThatThrownBy(() -> assembler.disassemble(List.of(good, bad), new long[] {1, 1}, List.of(), null))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAILED))
                .hasMessageContaining("'BAD'")
                .hasMessageContaining("expected batch size of 2");
    }

    @Test
    void scalarOutput_isNotTakenApart() {
        Tensor scalar = Tensors.ofInts(allocator, "OUT", Shape.of(), 7);

        assertThatThrownBy(() -> assembler.disassemble(List.of(scalar), new long[] {1}, List.of(), null))
                .isInstanceOf(InferenceException.class);
    }

    @Test
    void refusedMemory_leavesNothingBehind() {
        List<Tensor> item = List.of(
                Tensors.ofInts(allocator, "A", Shape.of(1, 1), 1),
                Tensors.ofInts(allocator, "B", Shape.of(1, 2), 2, 3));
        allocator.refuseBeyond(8);

        assertThatThrownBy(() -> assembler.assemble(List.of(item, item), null))
                .isInstanceOf(MemoryBudgetExceededException.class);
        item.forEach(Tensor::release);
    }
}
