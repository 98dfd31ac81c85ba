package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.Padding;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * An output that is cut back to the length of a request. Immutable.
 *
 * @param axis the dimension that is its length, counted with the batch dimension
 */
record CroppedOutput(int axis) {
    /** Checks that an output of a padded batch is as long as its inputs. */
    void check(Tensor output, long padded) {
        Shape shape = output.shape();
        if (shape.rank() <= axis || shape.dim(axis) != padded) {
            throw new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "output '" + output.name() + "' of a batch that was padded to length " + padded + " has shape "
                            + shape + ", expected " + padded + " in dimension " + axis + ": name in " + Padding.OUTPUTS
                            + " only outputs that are as long as the inputs, or leave out " + Padding.INPUTS);
        }
    }

    /**
     * A request's rows of an output without what was padded. Shares the memory where what is left lies in one piece, as with
     * one row whose length is its first dimension.
     *
     * @param part the request's rows; stays the caller's
     * @param length no more than the part's
     * @return the caller's
     */
    Tensor crop(Tensor part, long length, MemoryAllocator allocator) {
        long pieces = 1;
        for (int i = 0; i < axis; i++) {
            pieces *= part.shape().dim(i);
        }
        Shape shape = part.shape().withDim(axis, length);
        if (length == part.shape().dim(axis) || pieces == 0) {
            return new Tensor(part.name(), part.type(), shape, part.memory().retain());
        }
        long kept = length * PaddedInput.sizeBehind(shape, axis);
        if (pieces == 1) {
            long byteSize = BatchAssembler.byteSize(part, 0, kept);
            return new Tensor(part.name(), part.type(), shape, part.memory().slice(0, byteSize));
        }
        return copy(part, shape, kept, allocator);
    }

    private Tensor copy(Tensor part, Shape shape, long kept, MemoryAllocator allocator) {
        long all = part.shape().dim(axis) * PaddedInput.sizeBehind(part.shape(), axis);
        long byteSize = 0;
        for (long offset = 0; offset < part.byteSize(); offset += BatchAssembler.byteSize(part, offset, all)) {
            byteSize += BatchAssembler.byteSize(part, offset, kept);
        }
        HostMemory memory = allocator.allocate(byteSize);
        ByteBuffer source = part.buffer();
        ByteBuffer target = memory.buffer();
        for (long offset = 0; offset < part.byteSize(); offset += BatchAssembler.byteSize(part, offset, all)) {
            target.put(source.slice((int) offset, (int) BatchAssembler.byteSize(part, offset, kept)));
        }
        return new Tensor(part.name(), part.type(), shape, memory);
    }
}
