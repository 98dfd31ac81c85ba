package io.longshore.protocol.json;

import io.longshore.inference.InferenceException;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;

/** Reads the {@code data} of a tensor straight into its memory. Thread-safe. */
public final class TensorJsonReader {
    private final MemoryAllocator allocator;
    private final long maxByteSize;

    /**
     * A reader.
     *
     * @param allocator where tensors are laid out
     * @param maxByteSize the bytes of one tensor at most; up to 2 GiB - 1 count
     */
    public TensorJsonReader(MemoryAllocator allocator, long maxByteSize) {
        this.allocator = allocator;
        this.maxByteSize = Math.min(maxByteSize, Integer.MAX_VALUE);
    }

    /**
     * A tensor, and where its text ends.
     *
     * @param tensor the caller's to release
     * @param end the position of the closing bracket
     */
    public record Result(Tensor tensor, int end) {}

    /**
     * Reads an array, flat or nested, into a tensor of as many elements as its shape has. Nothing is allocated before the
     * size is known to be allowed and to be no more than the text can fill.
     *
     * @param text the body
     * @param from the position behind the array's opening bracket
     * @throws InferenceException INVALID_ARGUMENT
     * @throws io.longshore.tensor.MemoryBudgetExceededException from the allocator
     */
    public Result read(JsonText text, int from, String name, DataType type, Shape shape) {
        if (type == DataType.BYTES) {
            return readStrings(text, from, name, shape);
        }
        long byteSize = checkedByteSize(name, type, shape);
        if (shape.elementCount() > maxElements(text, from)) {
            throw JsonFaults.tooFewElements();
        }
        HostMemory memory = allocator.allocate(byteSize);
        try {
            ArrayScanner scanner = scanner(text, type, memory.buffer());
            int end = scanner.scan(from);
            checkComplete(scanner, shape);
            return new Result(new Tensor(name, type, shape, memory), end);
        } catch (RuntimeException e) {
            memory.release();
            throw e;
        }
    }

    private Result readStrings(JsonText text, int from, String name, Shape shape) {
        long count = shape.elementCount();
        StringScanner measured = new StringScanner(text, name, null, count, maxByteSize);
        int end = measured.scan(from);
        checkComplete(measured, shape);
        HostMemory memory = allocator.allocate(measured.byteSize());
        try {
            new StringScanner(text, name, memory.buffer(), count, maxByteSize).scan(from);
            return new Result(new Tensor(name, DataType.BYTES, shape, memory), end);
        } catch (RuntimeException e) {
            memory.release();
            throw e;
        }
    }

    private long checkedByteSize(String name, DataType type, Shape shape) {
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw JsonFaults.noJsonForInput(type.wireName(), name);
        }
        long count = shape.elementCount();
        if (count > Long.MAX_VALUE / type.byteWidth()) {
            throw JsonFaults.byteSizeOverflow(name, count, type.byteWidth());
        }
        long byteSize = count * type.byteWidth();
        if (byteSize > maxByteSize) {
            throw JsonFaults.tensorTooLarge(name, byteSize, maxByteSize);
        }
        return byteSize;
    }

    /** An element takes at least one byte, and one more for the comma or bracket behind it. */
    private static long maxElements(JsonText text, int from) {
        return ((long) text.end() - from) / 2;
    }

    private static void checkComplete(ArrayScanner scanner, Shape shape) {
        if (scanner.count != shape.elementCount()) {
            throw JsonFaults.tooFewElements();
        }
    }

    private static ArrayScanner scanner(JsonText text, DataType type, ByteBuffer out) {
        return switch (type) {
            case BOOL -> new BooleanScanner(text, out);
            case FP32 -> new FloatScanner(text, out);
            case FP64 -> new DoubleScanner(text, out);
            case UINT8, UINT16, UINT32, UINT64 -> new IntegerScanner(text, out, type.byteWidth(), true);
            case INT8, INT16, INT32, INT64 -> new IntegerScanner(text, out, type.byteWidth(), false);
            case FP16, BF16, BYTES -> throw new IllegalArgumentException(type + " has no scanner of fixed width");
        };
    }
}
