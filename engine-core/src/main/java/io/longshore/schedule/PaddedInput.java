package io.longshore.schedule;

import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;

/** An input that is filled up to a length. Immutable. */
final class PaddedInput {
    private static final int BLOCK_BYTES = 4096;

    private final int axis;
    /** The value, many times over, so that it is written in blocks. */
    private final byte[] block;

    /**
     * @param axis the dimension that is its length, counted with the batch dimension
     * @param value the bytes of the element that fills it
     */
    PaddedInput(int axis, byte[] value) {
        this.axis = axis;
        this.block = new byte[BLOCK_BYTES / value.length * value.length];
        for (int i = 0; i < block.length; i++) {
            block[i] = value[i % value.length];
        }
    }

    /** The dimension that is its length, counted with the batch dimension. */
    int axis() {
        return axis;
    }

    /** The length of a tensor. */
    long length(Tensor tensor) {
        return tensor.shape().dim(axis);
    }

    /** The shape of a tensor that is filled up to a length. */
    Shape padded(Shape shape, long length) {
        return shape.withDim(axis, length);
    }

    /** Writes a tensor, filled up to a length, behind what is in the target already. */
    void write(Tensor tensor, long length, ByteBuffer target) {
        ByteBuffer source = tensor.buffer();
        int unit = (int) ((long) tensor.type().byteWidth() * sizeBehind(tensor.shape(), axis));
        int own = (int) length(tensor) * unit;
        int fill = (int) length * unit - own;
        while (source.hasRemaining()) {
            target.put(source.slice(source.position(), own));
            source.position(source.position() + own);
            fill(target, fill);
        }
    }

    private void fill(ByteBuffer target, int byteCount) {
        for (int left = byteCount; left > 0; left -= block.length) {
            target.put(block, 0, Math.min(left, block.length));
        }
    }

    /** The elements of one step along an axis. */
    static long sizeBehind(Shape shape, int axis) {
        long size = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            size *= shape.dim(i);
        }
        return size;
    }
}
