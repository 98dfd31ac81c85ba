package io.longshore.tensor;

import java.nio.ByteBuffer;

/**
 * A named value: a datatype, a shape and memory that holds exactly as many bytes as those two ask for, little-endian and
 * row-major. The memory of a {@link DataType#BYTES} tensor holds the elements one behind the other, each preceded by its
 * length as an unsigned 32-bit integer (V2 binary tensor data extension); see {@link BytesElements}.
 *
 * <p>A tensor owns one reference to its memory. Whoever owns the tensor ends it with one {@link #release()}.
 */
public final class Tensor {
    private final String name;
    private final DataType type;
    private final Shape shape;
    private final TensorMemory memory;

    /**
     * Takes over the caller's reference to {@code memory}.
     *
     * @throws IllegalArgumentException if the memory's size does not match; the reference stays with the caller then
     */
    public Tensor(String name, DataType type, Shape shape, TensorMemory memory) {
        if (!type.isVariableWidth() && memory.byteSize() != byteSizeOf(name, type, shape)) {
            throw new IllegalArgumentException("tensor '" + name + "' of type " + type.wireName() + " and shape "
                    + shape + " needs " + byteSizeOf(name, type, shape) + " bytes, got " + memory.byteSize());
        }
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.memory = memory;
    }

    /**
     * The bytes that a tensor of a fixed-width type and this shape has.
     *
     * @throws IllegalArgumentException if the number exceeds {@link Long#MAX_VALUE}
     */
    public static long byteSizeOf(String name, DataType type, Shape shape) {
        try {
            return Math.multiplyExact(shape.elementCount(), (long) type.byteWidth());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "byte size overflow for input '" + name + "': shape " + shape + " of " + type.wireName(), e);
        }
    }

    public String name() {
        return name;
    }

    public DataType type() {
        return type;
    }

    public Shape shape() {
        return shape;
    }

    public TensorMemory memory() {
        return memory;
    }

    /** The size of the memory in bytes. */
    public long byteSize() {
        return memory.byteSize();
    }

    /**
     * A view of the bytes, little-endian, with position 0.
     *
     * @throws IllegalStateException if the memory was released already
     */
    public ByteBuffer buffer() {
        return host().buffer();
    }

    /** Whether the bytes are in this process, where {@link #buffer} shows them. */
    public boolean isHost() {
        return memory instanceof HostMemory;
    }

    /** The memory as host memory. */
    public HostMemory host() {
        return (HostMemory) memory;
    }

    /** What this tensor is to others once its bytes are written into a client's shared memory; a tensor of its own. */
    public Tensor inRegion() {
        return new Tensor(name, type, shape, new RegionMemory(byteSize()));
    }

    /** The same bytes under another name, as a new reference. */
    public Tensor renamed(String newName) {
        return new Tensor(newName, type, shape, memory.retain());
    }

    /**
     * The same bytes in another shape of as many elements, as a new reference.
     *
     * @throws IllegalArgumentException if the element counts differ
     */
    public Tensor reshaped(Shape newShape) {
        if (newShape.elementCount() != shape.elementCount()) {
            throw new IllegalArgumentException(
                    "cannot reshape tensor '" + name + "' from " + shape + " to " + newShape);
        }
        return new Tensor(name, type, newShape, memory.retain());
    }

    /** Adds a reference to the memory. */
    public Tensor retain() {
        memory.retain();
        return this;
    }

    /** Ends this tensor's reference to its memory. */
    public void release() {
        memory.release();
    }

    @Override
    public String toString() {
        return "Tensor[" + name + " " + type.wireName() + shape + "]";
    }
}
