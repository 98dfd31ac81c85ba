package io.longshore.tensor;

/** Where memory for tensors comes from. Thread-safe. */
@FunctionalInterface
public interface MemoryAllocator {
    /** Allocates from the heap; the collector frees it. For tests, tools and small values. */
    MemoryAllocator HEAP = byteSize -> HostMemory.wrap(new byte[Math.toIntExact(byteSize)]);

    /**
     * Memory of exactly {@code byteSize} bytes with one reference, which the caller releases. Its content is undefined.
     *
     * @throws MemoryBudgetExceededException if the allocator is bounded and the bytes are not to be had now
     * @throws IllegalArgumentException if {@code byteSize} is negative or more than one piece of memory can hold
     */
    HostMemory allocate(long byteSize);
}
