package io.longshore.protocol;

import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The values that matter of a type: zero, one, the extremes, and the special ones. */
public final class EdgeValues {
    private EdgeValues() {}

    /** A tensor named OUT that holds them. */
    public static Tensor tensor(DataType type, MemoryAllocator allocator) {
        if (type == DataType.BYTES) {
            HostMemory memory =
                    BytesElements.encode(List.of("ä\"\n\0".getBytes(StandardCharsets.UTF_8), new byte[0]), allocator);
            return new Tensor("OUT", type, Shape.of(2), memory);
        }
        ByteBuffer values = values(type).flip();
        HostMemory memory = allocator.allocate(values.remaining());
        memory.buffer().put(values);
        return new Tensor("OUT", type, Shape.of(1, memory.byteSize() / type.byteWidth()), memory);
    }

    private static ByteBuffer values(DataType type) {
        ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case BOOL -> out.put(new byte[] {0, 1, 2});
            case UINT8, INT8 -> out.put(new byte[] {0, 1, 127, -128, -1});
            case UINT16, INT16 ->
                out.putShort((short) 0)
                        .putShort(Short.MAX_VALUE)
                        .putShort(Short.MIN_VALUE)
                        .putShort((short) -1);
            case UINT32, INT32 ->
                out.putInt(0)
                        .putInt(Integer.MAX_VALUE)
                        .putInt(Integer.MIN_VALUE)
                        .putInt(-1);
            case UINT64, INT64 ->
                out.putLong(0).putLong(Long.MAX_VALUE).putLong(Long.MIN_VALUE).putLong(-1);
            case FP32 ->
                out.putFloat(0.1f)
                        .putFloat(-0f)
                        .putFloat(Float.MAX_VALUE)
                        .putFloat(Float.NaN)
                        .putFloat(Float.NEGATIVE_INFINITY);
            case FP64 -> out.putDouble(0.1).putDouble(Double.MAX_VALUE).putDouble(Double.POSITIVE_INFINITY);
            case FP16, BF16 -> out.putShort((short) 0x3C00);
            case BYTES -> throw new IllegalArgumentException("strings are no fixed-width values");
        }
        return out;
    }
}
