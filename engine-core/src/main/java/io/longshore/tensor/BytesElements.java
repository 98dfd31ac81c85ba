package io.longshore.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of {@link DataType#BYTES} memory: elements one behind the other, each preceded by its length as an unsigned
 * little-endian 32-bit integer. Elements keep every byte, NUL and invalid UTF-8 included.
 *
 * <p>Source: V2 binary tensor data extension.
 */
public final class BytesElements {
    /** Bytes of the length before each element. */
    public static final int LENGTH_BYTES = Integer.BYTES;

    private BytesElements() {}

    /**
     * Lays elements out in memory.
     *
     * @throws MemoryBudgetExceededException if the allocator refuses
     * @throws IllegalArgumentException if the elements need more than one piece of memory can hold
     */
    public static HostMemory encode(List<byte[]> elements, MemoryAllocator allocator) {
        HostMemory memory = allocator.allocate(byteSize(elements));
        ByteBuffer target = memory.buffer();
        for (byte[] element : elements) {
            target.putInt(element.length).put(element);
        }
        return memory;
    }

    /** The bytes that elements take, each with its length. */
    public static long byteSize(List<byte[]> elements) {
        long byteSize = 0;
        for (byte[] element : elements) {
            byteSize += (long) LENGTH_BYTES + element.length;
        }
        return byteSize;
    }

    /**
     * Copies the elements out.
     *
     * @throws IllegalArgumentException if the bytes do not end with an element's end
     */
    public static List<byte[]> decode(ByteBuffer bytes) {
        List<byte[]> elements = new ArrayList<>();
        ByteBuffer source = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (source.hasRemaining()) {
            byte[] element = new byte[nextLength(source)];
            source.get(element);
            elements.add(element);
        }
        return elements;
    }

    /**
     * The number of elements in the buffer's remaining bytes.
     *
     * @throws IllegalArgumentException if the bytes do not end with an element's end
     */
    public static long count(ByteBuffer bytes) {
        ByteBuffer source = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long count = 0;
        while (source.hasRemaining()) {
            int length = nextLength(source);
            source.position(source.position() + length);
            count++;
        }
        return count;
    }

    private static int nextLength(ByteBuffer source) {
        if (source.remaining() < LENGTH_BYTES) {
            throw new IllegalArgumentException("incomplete string length: " + source.remaining()
                    + " bytes are left where the 4 bytes of a length are expected");
        }
        long length = Integer.toUnsignedLong(source.getInt());
        if (length > source.remaining()) {
            throw new IllegalArgumentException("incomplete string data: an element of " + length
                    + " bytes is announced, " + source.remaining() + " bytes are left");
        }
        return (int) length;
    }
}
