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
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts the tensors of several requests behind one another, and takes what a model made of them apart again. The first
 * dimension counts rows; all others are the same for all, or are made so by padding. Assembling copies every byte once,
 * taking apart copies none but those of padded outputs that do not lie in one piece. Thread-safe.
 */
final class BatchAssembler {
    private final MemoryAllocator allocator;
    private final @Nullable PaddedTensors padding;
    private final @Nullable RaggedTensors ragged;

    /**
     * @param allocator memory for assembled inputs, and for outputs without their padding
     * @param padding which tensors are padded; null = none
     * @param ragged which stand behind one another whatever their shapes, and what tells of them; null = none
     */
    BatchAssembler(MemoryAllocator allocator, @Nullable PaddedTensors padding, @Nullable RaggedTensors ragged) {
        this.allocator = allocator;
        this.padding = padding;
        this.ragged = ragged;
    }

    /** Whether a request is assembled even where it runs by itself. */
    boolean isForSingleRequests() {
        return ragged != null;
    }

    /** How requests with these inputs are to be padded; null where they are equally long. */
    @Nullable
    BatchLengths lengths(List<List<Tensor>> items) {
        return padding == null ? null : padding.lengths(items);
    }

    /**
     * One tensor for each input, with the rows of all items.
     *
     * @param items the inputs of each item: as many, with the same names and in the same order
     * @param lengths how they are padded; null = not at all
     * @return the caller's
     * @throws io.longshore.tensor.MemoryBudgetExceededException if the allocator refuses
     * @throws IllegalArgumentException if the rows of an input are more than one piece of memory holds
     */
    List<Tensor> assemble(List<List<Tensor>> items, @Nullable BatchLengths lengths) {
        int count = items.get(0).size();
        List<Tensor> assembled = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                PaddedInput padded =
                        lengths == null ? null : inputPadding(items.get(0).get(i));
                assembled.add(
                        padded == null || lengths == null
                                ? stack(items, i)
                                : stackPadded(items, i, padded, lengths.padded()));
            }
            if (ragged != null) {
                ragged.make(items, allocator, assembled);
            }
            return assembled;
        } catch (Throwable e) {
            assembled.forEach(Tensor::release);
            throw e;
        }
    }

    private Tensor stack(List<List<Tensor>> items, int index) {
        long rows = 0;
        long elements = 0;
        long byteSize = 0;
        for (List<Tensor> inputs : items) {
            Tensor part = inputs.get(index);
            rows += part.shape().dim(0);
            elements += part.shape().elementCount();
            byteSize += part.byteSize();
        }
        HostMemory memory = allocator.allocate(byteSize);
        ByteBuffer target = memory.buffer();
        for (List<Tensor> inputs : items) {
            target.put(inputs.get(index).buffer());
        }
        Tensor first = items.get(0).get(index);
        boolean isFlat = ragged != null && ragged.isRagged(first.name());
        Shape shape = isFlat ? Shape.of(elements) : first.shape().withDim(0, rows);
        return new Tensor(first.name(), first.type(), shape, memory);
    }

    private @Nullable PaddedInput inputPadding(Tensor input) {
        return padding == null ? null : padding.input(input.name());
    }

    private Tensor stackPadded(List<List<Tensor>> items, int index, PaddedInput padded, long length) {
        Tensor first = items.get(0).get(index);
        long rows = 0;
        for (List<Tensor> inputs : items) {
            rows += inputs.get(index).shape().dim(0);
        }
        Shape shape = padded.padded(first.shape().withDim(0, rows), length);
        HostMemory memory = allocator.allocate(Tensor.byteSizeOf(first.name(), first.type(), shape));
        ByteBuffer target = memory.buffer();
        for (List<Tensor> inputs : items) {
            padded.write(inputs.get(index), length, target);
        }
        return new Tensor(first.name(), first.type(), shape, memory);
    }

    /**
     * Checks that the outputs of a padded batch can be cut back to the lengths of its requests.
     *
     * @throws InferenceException MODEL_FAILED naming the output that cannot, and the parameter to mend
     */
    void checkLengths(List<Tensor> outputs, @Nullable BatchLengths lengths) {
        if (padding == null || lengths == null) {
            return;
        }
        for (Tensor output : outputs) {
            CroppedOutput cropped = padding.output(output.name());
            if (cropped != null) {
                cropped.check(output, lengths.padded());
            }
        }
    }

    /**
     * The outputs of each item.
     *
     * @param outputs with the rows of all items; released by this method, also where it throws
     * @param rows those of each item
     * @param inputs those of each item, whose shapes may tell those of outputs
     * @param lengths to which outputs are cut back, checked before; null = not at all
     * @return the caller's; the parts share the memory of the whole
     * @throws InferenceException if an output does not have the rows of all items
     * @throws io.longshore.tensor.MemoryBudgetExceededException if the allocator refuses
     */
    List<List<Tensor>> disassemble(
            List<Tensor> outputs, long[] rows, List<List<Tensor>> inputs, @Nullable BatchLengths lengths) {
        List<List<Tensor>> items = new ArrayList<>(rows.length);
        for (int i = 0; i < rows.length; i++) {
            items.add(new ArrayList<>(outputs.size()));
        }
        try {
            for (Tensor output : outputs) {
                split(output, shapes(output, rows, inputs), items);
                if (padding != null && lengths != null) {
                    crop(padding.output(output.name()), items, lengths);
                }
            }
            return items;
        } catch (Throwable e) {
            items.forEach(item -> item.forEach(Tensor::release));
            throw e;
        } finally {
            outputs.forEach(Tensor::release);
        }
    }

    private List<Shape> shapes(Tensor output, long[] rows, List<List<Tensor>> inputs) {
        if (ragged != null && ragged.isScattered(output.name())) {
            return ragged.parts(output, inputs);
        }
        checkRows(output, rows);
        return LongStream.of(rows)
                .mapToObj(each -> output.shape().withDim(0, each))
                .toList();
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

    private static void split(Tensor output, List<Shape> shapes, List<List<Tensor>> items) {
        long offset = 0;
        for (int i = 0; i < shapes.size(); i++) {
            Shape shape = shapes.get(i);
            long byteSize = byteSize(output, offset, shape.elementCount());
            items.get(i)
                    .add(new Tensor(
                            output.name(), output.type(), shape, output.memory().slice(offset, byteSize)));
            offset += byteSize;
        }
    }

    /** Cuts back what was added to each item last. */
    private void crop(@Nullable CroppedOutput cropped, List<List<Tensor>> items, BatchLengths lengths) {
        if (cropped == null) {
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            List<Tensor> outputs = items.get(i);
            Tensor whole = outputs.get(outputs.size() - 1);
            outputs.set(outputs.size() - 1, cropped.crop(whole, lengths.each().get(i), allocator));
            whole.release();
        }
    }

    /** The bytes of so many elements from an offset on, with the lengths of BYTES elements. */
    static long byteSize(Tensor output, long offset, long count) {
        if (output.type() != DataType.BYTES) {
            return count * output.type().byteWidth();
        }
        ByteBuffer bytes = output.buffer();
        int position = (int) offset;
        for (long i = 0; i < count; i++) {
            position += BytesElements.LENGTH_BYTES + bytes.getInt(position);
        }
        return position - offset;
    }
}
