package io.longshore.tensor;

/**
 * Bytes that one or more tensors live in, counted by references.
 *
 * <p>Whoever receives a memory holds one reference and ends it with exactly one {@link #release()}. The last release
 * gives the bytes back to where they came from. A {@link #slice} is a reference of its own: it may outlive the memory it
 * was cut from. Memory that is dropped without a release is not lost (the collector frees it), but its pool and its
 * budget learn of it only through the release.
 *
 * <p>Counting is thread-safe. The bytes are not guarded: one writer fills them before the memory is passed on, after
 * that they are only read.
 */
public sealed interface TensorMemory permits HostMemory, RegionMemory {
    /** The size in bytes; more than 2 GiB is legal. */
    long byteSize();

    /**
     * A part of this memory, sharing its bytes, as a new reference.
     *
     * @throws IndexOutOfBoundsException if the part is not within this memory
     * @throws IllegalStateException if this memory was released already
     */
    TensorMemory slice(long offset, long byteSize);

    /**
     * Adds a reference.
     *
     * @return this memory
     * @throws IllegalStateException if this memory was released already
     */
    TensorMemory retain();

    /**
     * Ends a reference.
     *
     * @throws IllegalStateException if every reference was ended already
     */
    void release();
}
