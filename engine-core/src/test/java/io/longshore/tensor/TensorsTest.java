package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorsTest {
    private static final Shape TWO = Shape.of(2);

    private final CountingAllocator allocator = new CountingAllocator();

    @AfterEach
    void noMemoryIsLeft() {
        assertThat(allocator.live()).isZero();
    }

    @Test
    void numbers_comeBackUnchanged() {
        Tensor floats = Tensors.ofFloats(allocator, "F", TWO, 1.5f, Float.NaN);
        Tensor doubles = Tensors.ofDoubles(allocator, "D", TWO, -0.0, Double.MAX_VALUE);
        Tensor ints = Tensors.ofInts(allocator, "I", TWO, Integer.MIN_VALUE, 7);
        Tensor longs = Tensors.ofLongs(allocator, "L", TWO, Long.MAX_VALUE, -1);

        assertThat(Tensors.floats(floats)).containsExactly(1.5f, Float.NaN);
        assertThat(Tensors.doubles(doubles)).containsExactly(-0.0, Double.MAX_VALUE);
        assertThat(Tensors.ints(ints)).containsExactly(Integer.MIN_VALUE, 7);
        assertThat(Tensors.longs(longs)).containsExactly(Long.MAX_VALUE, -1);
        List.of(floats, doubles, ints, longs).forEach(Tensor::release);
    }

    @Test
    void integers_areLittleEndianInMemory() {
        Tensor tensor = Tensors.ofInts(allocator, "I", Shape.of(), 0x01020304);

        assertThat(tensor.buffer().get(0)).isEqualTo((byte) 4);
        tensor.release();
    }

    @Test
    void texts_comeBackUnchanged() {
        Tensor tensor = Tensors.ofStrings(allocator, "S", Shape.of(3), "", "a\0b", "grüß 漢");

        assertThat(Tensors.strings(tensor)).containsExactly("", "a\0b", "grüß 漢");
        tensor.release();
    }

    @Test
    void invalidUtf8_isNamedByItsPosition() {
        Tensor tensor = Tensors.ofBytes(allocator, "S", TWO, List.of(new byte[] {'a'}, new byte[] {(byte) 0xFF}));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensors.strings(tensor))
                .withMessage("element 1 of tensor 'S' is not valid UTF-8");
        assertThat(Tensors.bytes(tensor).get(1)).containsExactly(0xFF);
        tensor.release();
    }

    @Test
    void wrongCount_isRefusedBeforeMemoryIsTaken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensors.ofFloats(allocator, "F", Shape.of(2, 3), 1f))
                .withMessage("tensor 'F' of shape [2,3] has 6 elements, got 1 values");
        assertThat(allocator.total()).isZero();
    }

    @Test
    void otherDatatype_isRefused() {
        Tensor tensor = Tensors.ofInts(allocator, "I", TWO, 1, 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensors.floats(tensor))
                .withMessage("tensor 'I' is of type INT32, expected FP32");
        tensor.release();
    }
}
