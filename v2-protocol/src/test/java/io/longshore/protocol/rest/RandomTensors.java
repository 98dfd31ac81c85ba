package io.longshore.protocol.rest;

import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Tensors of random shape and content. */
public final class RandomTensors {
    private final SplittableRandom random;
    private final MemoryAllocator allocator;

    /** Tensors that depend on the seed alone. */
    public RandomTensors(long seed, MemoryAllocator allocator) {
        this.random = new SplittableRandom(seed);
        this.allocator = allocator;
    }

    /** A tensor of a type; BYTES hold valid text. */
    public Tensor next(String name, DataType type) {
        long[] dims = new long[random.nextInt(4)];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = random.nextInt(6);
        }
        Shape shape = Shape.of(dims);
        return new Tensor(name, type, shape, type == DataType.BYTES ? strings(shape) : bits(type, shape));
    }

    private HostMemory bits(DataType type, Shape shape) {
        HostMemory memory = allocator.allocate(shape.elementCount() * type.byteWidth());
        ByteBuffer out = memory.buffer();
        while (out.hasRemaining()) {
            switch (type) {
                case BOOL -> out.put((byte) random.nextInt(2));
                // Random bits, but one NaN, since text does not keep a NaN's payload.
                case FP32 ->
                    out.putFloat(Float.intBitsToFloat(Float.floatToIntBits(Float.intBitsToFloat(random.nextInt()))));
                case FP64 ->
                    out.putDouble(Double.longBitsToDouble(
                            Double.doubleToLongBits(Double.longBitsToDouble(random.nextLong()))));
                default -> out.put((byte) random.nextInt());
            }
        }
        return memory;
    }

    private HostMemory strings(Shape shape) {
        List<byte[]> elements = new ArrayList<>();
        for (long i = 0; i < shape.elementCount(); i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                text.appendCodePoint(codePoint());
            }
            elements.add(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        return BytesElements.encode(elements, allocator);
    }

    private int codePoint() {
        int bound = random.nextInt(3) > 0 ? 0x80 : 0x110000;
        int codePoint = random.nextInt(bound);
        return codePoint >= 0xD800 && codePoint < 0xE000 ? 'x' : codePoint;
    }
}
