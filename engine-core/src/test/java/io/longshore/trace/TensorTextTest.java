package io.longshore.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.tensor.DataType;
import io.longshore.tensor.HalfFloats;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TensorTextTest {
    private static String text(DataType type, int count, Consumer<ByteBuffer> elements) {
        HostMemory memory = MemoryAllocator.HEAP.allocate((long) count * type.byteWidth());
        elements.accept(memory.buffer());
        Tensor tensor = new Tensor("x", type, Shape.of(count), memory);
        return TensorText.data(tensor);
    }

    @Test
    void everyType_isWrittenAsItsNumbers() {
        assertThat(text(DataType.BOOL, 2, data -> data.put((byte) 1).put((byte) 0)))
                .isEqualTo("true,false");
        assertThat(text(DataType.INT8, 1, data -> data.put((byte) -1))).isEqualTo("-1");
        assertThat(text(DataType.UINT8, 1, data -> data.put((byte) -1))).isEqualTo("255");
        assertThat(text(DataType.INT16, 1, data -> data.putShort((short) -2))).isEqualTo("-2");
        assertThat(text(DataType.UINT16, 1, data -> data.putShort((short) -2))).isEqualTo("65534");
        assertThat(text(DataType.INT32, 2, data -> data.putInt(-3).putInt(7))).isEqualTo("-3,7");
        assertThat(text(DataType.UINT32, 1, data -> data.putInt(-3))).isEqualTo("4294967293");
        assertThat(text(DataType.INT64, 1, data -> data.putLong(-4))).isEqualTo("-4");
        assertThat(text(DataType.UINT64, 1, data -> data.putLong(-4))).isEqualTo("18446744073709551612");
        assertThat(text(DataType.FP16, 1, data -> data.putShort(HalfFloats.toFp16(0.5f))))
                .isEqualTo("0.5");
        assertThat(text(DataType.BF16, 1, data -> data.putShort(HalfFloats.toBf16(-2f))))
                .isEqualTo("-2.0");
        assertThat(text(DataType.FP32, 2, data -> data.putFloat(0.1f).putFloat(Float.NaN)))
                .isEqualTo("0.1,NaN");
        assertThat(text(DataType.FP64, 1, data -> data.putDouble(0.1))).isEqualTo("0.1");
        assertThat(text(DataType.FP32, 0, data -> {})).isEmpty();
    }

    @Test
    void strings_areQuoted() {
        List<byte[]> elements =
                List.of("a".getBytes(StandardCharsets.UTF_8), new byte[0], "ü".getBytes(StandardCharsets.UTF_8));

        Tensor tensor = Tensors.ofBytes(MemoryAllocator.HEAP, "s", Shape.of(3), elements);

        assertThat(TensorText.data(tensor)).isEqualTo("\"a\",\"\",\"ü\"");
        assertThat(TensorText.shape(tensor)).isEqualTo("3");
    }

    @Test
    void largeTensors_areCutOff() {
        int count = TensorText.MOST_ELEMENTS + 1;
        String numbers = text(DataType.INT8, count, data -> {});
        assertThat(numbers).endsWith(",0,...").hasSize(2 * count + 1);

        List<byte[]> many = Collections.nCopies(count, new byte[0]);
        Tensor strings = Tensors.ofBytes(MemoryAllocator.HEAP, "s", Shape.of(count), many);
        assertThat(TensorText.data(strings)).endsWith("\"\",...");

        List<byte[]> large = List.of(new byte[1], new byte[TensorText.MOST_BYTES]);
        Tensor longString = Tensors.ofBytes(MemoryAllocator.HEAP, "s", Shape.of(2), large);
        assertThat(TensorText.data(longString)).isEqualTo("\"\0\",...");
    }
}
