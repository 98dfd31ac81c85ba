package io.longshore.tensor;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors from Java values and back, for code that thinks in arrays. Every method copies; code that must not copy works
 * on {@link Tensor#buffer()}. Values are given and returned in row-major order.
 *
 * <p>The makers take memory from the allocator and give its one reference to the tensor. They throw
 * {@link IllegalArgumentException} if there are more or fewer values than the shape has elements, before they allocate.
 * The readers throw it if the tensor is of another datatype.
 */
public final class Tensors {
    private Tensors() {}

    /** An FP32 tensor. */
    public static Tensor ofFloats(MemoryAllocator allocator, String name, Shape shape, float... values) {
        checkCount(name, shape, values.length);
        HostMemory memory = allocator.allocate((long) values.length * Float.BYTES);
        memory.buffer().asFloatBuffer().put(values);
        return new Tensor(name, DataType.FP32, shape, memory);
    }

    /** An FP64 tensor. */
    public static Tensor ofDoubles(MemoryAllocator allocator, String name, Shape shape, double... values) {
        checkCount(name, shape, values.length);
        HostMemory memory = allocator.allocate((long) values.length * Double.BYTES);
        memory.buffer().asDoubleBuffer().put(values);
        return new Tensor(name, DataType.FP64, shape, memory);
    }

    /** An INT32 tensor. */
    public static Tensor ofInts(MemoryAllocator allocator, String name, Shape shape, int... values) {
        checkCount(name, shape, values.length);
        HostMemory memory = allocator.allocate((long) values.length * Integer.BYTES);
        memory.buffer().asIntBuffer().put(values);
        return new Tensor(name, DataType.INT32, shape, memory);
    }

    /** An INT64 tensor. */
    public static Tensor ofLongs(MemoryAllocator allocator, String name, Shape shape, long... values) {
        checkCount(name, shape, values.length);
        HostMemory memory = allocator.allocate((long) values.length * Long.BYTES);
        memory.buffer().asLongBuffer().put(values);
        return new Tensor(name, DataType.INT64, shape, memory);
    }

    /** A BYTES tensor of texts, in UTF-8. */
    public static Tensor ofStrings(MemoryAllocator allocator, String name, Shape shape, String... values) {
        List<byte[]> elements = Arrays.stream(values)
                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                .toList();
        return ofBytes(allocator, name, shape, elements);
    }

    /** A BYTES tensor of any bytes. */
    public static Tensor ofBytes(MemoryAllocator allocator, String name, Shape shape, List<byte[]> values) {
        checkCount(name, shape, values.size());
        return new Tensor(name, DataType.BYTES, shape, BytesElements.encode(values, allocator));
    }

    /** The values of an FP32 tensor. */
    public static float[] floats(Tensor tensor) {
        float[] values = new float[elementCount(tensor, DataType.FP32)];
        tensor.buffer().asFloatBuffer().get(values);
        return values;
    }

    /** The values of an FP64 tensor. */
    public static double[] doubles(Tensor tensor) {
        double[] values = new double[elementCount(tensor, DataType.FP64)];
        tensor.buffer().asDoubleBuffer().get(values);
        return values;
    }

    /** The values of an INT32 tensor. */
    public static int[] ints(Tensor tensor) {
        int[] values = new int[elementCount(tensor, DataType.INT32)];
        tensor.buffer().asIntBuffer().get(values);
        return values;
    }

    /** The values of an INT64 tensor. */
    public static long[] longs(Tensor tensor) {
        long[] values = new long[elementCount(tensor, DataType.INT64)];
        tensor.buffer().asLongBuffer().get(values);
        return values;
    }

    /**
     * The texts of a BYTES tensor.
     *
     * @throws IllegalArgumentException also if an element is not valid UTF-8
     */
    public static List<String> strings(Tensor tensor) {
        List<byte[]> elements = bytes(tensor);
        String[] texts = new String[elements.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = text(tensor, i, elements.get(i));
        }
        return List.of(texts);
    }

    /** The elements of a BYTES tensor. */
    public static List<byte[]> bytes(Tensor tensor) {
        elementCount(tensor, DataType.BYTES);
        return BytesElements.decode(tensor.buffer());
    }

    private static String text(Tensor tensor, int index, byte[] element) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(element));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "element " + index + " of tensor '" + tensor.name() + "' is not valid UTF-8", e);
        }
    }

    private static int elementCount(Tensor tensor, DataType wanted) {
        if (tensor.type() != wanted) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is of type "
                    + tensor.type().wireName() + ", expected " + wanted.wireName());
        }
        return Math.toIntExact(tensor.shape().elementCount());
    }

    private static void checkCount(String name, Shape shape, int values) {
        if (shape.elementCount() != values) {
            throw new IllegalArgumentException("tensor '" + name + "' of shape " + shape + " has "
                    + shape.elementCount() + " elements, got " + values + " values");
        }
    }
}
