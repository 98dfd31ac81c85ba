package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the tensors of several requests behind one another, and takes what a model made of them apart again. The first
 * dimension counts rows; all others are the same for all. Assembling copies every byte once, taking apart copies none.
 * Thread-safe.
 */
final class BatchAssembler {
    private final MemoryAllocator allocator;

    /** @param allocator memory for assembled inputs */
    BatchAssembler(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * One tensor for each input, with the rows of all items.
     *
     * @param items the inputs of each item: as many, with the same names and in the same order
     * @return the caller's
     * @throws io.longshore.tensor.MemoryBudgetExceededException if the allocator refuses
     * @throws IllegalArgumentException if the rows of an input are more than one piece of memory holds
     */
    List<Tensor> assemble(List<List<Tensor>> items) {
        int count = items.get(0).size();
        List<Tensor> assembled = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                assembled.add(stack(items, i));
            }
            return assembled;
        } catch (Throwable e) {
            assembled.forEach(Tensor::release);
            throw e;
        }
    }

    private Tensor stack(List<List<Tensor>> items, int index) {
        long rows = 0;
        long byteSize = 0;
        for (List<Tensor> inputs : items) {
            Tensor part = inputs.get(index);
            rows += part.shape().dim(0);
            byteSize += part.byteSize();
        }
        HostMemory memory = allocator.allocate(byteSize);
        ByteBuffer target = memory.buffer();
        for (List<Tensor> inputs : items) {
            target.put(inputs.get(index).buffer());
        }
        Tensor first = items.get(0).get(index);
        return new Tensor(first.name(), first.type(), withRows(first.shape(), rows), memory);
    }

    /**
     * The outputs of each item.
     *
     * @param outputs with the rows of all items; released by this method, also where it throws
     * @param rows those of each item
     * @return the caller's; the parts share the memory of the whole
     * @throws InferenceException if an output does not have the rows of all items
     */
    List<List<Tensor>> disassemble(List<Tensor> outputs, long[] rows) {
        List<List<Tensor>> items = new ArrayList<>(rows.length);
        for (int i = 0; i < rows.length; i++) {
            items.add(new ArrayList<>(outputs.size()));
        }
        try {
            for (Tensor output : outputs) {
                checkRows(output, rows);
                split(output, rows, items);
            }
            return items;
        } catch (Throwable e) {
            items.forEach(item -> item.forEach(Tensor::release));
            throw e;
        } finally {
            outputs.forEach(Tensor::release);
        }
    }

    private static void checkRows(Tensor output, long[] rows) {
        long expected = 0;
        for (long each : rows) {
            expected += each;
        }
        if (output.shape().rank() == 0 || output.shape().dim(0) != expected) {
            throw new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "failed to split the output tensor '" + output.name() + "' in responses: expected batch size of "
                            + expected + " in model output, got shape " + output.shape());
        }
    }

    private static void split(Tensor output, long[] rows, List<List<Tensor>> items) {
        long offset = 0;
        for (int i = 0; i < rows.length; i++) {
            Shape shape = withRows(output.shape(), rows[i]);
            long byteSize = output.type() == DataType.BYTES
                    ? elementBytes(output, offset, shape.elementCount())
                    : Tensor.byteSizeOf(output.name(), output.type(), shape);
            items.get(i)
                    .add(new Tensor(
                            output.name(), output.type(), shape, output.memory().slice(offset, byteSize)));
            offset += byteSize;
        }
    }

    /** The bytes of so many BYTES elements from an offset on, their lengths included. */
    private static long elementBytes(Tensor output, long offset, long count) {
        ByteBuffer bytes = output.buffer();
        int position = (int) offset;
        for (long i = 0; i < count; i++) {
            position += BytesElements.LENGTH_BYTES + bytes.getInt(position);
        }
        return position - offset;
    }

    private static Shape withRows(Shape shape, long rows) {
        long[] dims = shape.toArray();
        dims[0] = rows;
        return Shape.of(dims);
    }
}
