package io.longshore.web.http;

import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.nio.ByteBuffer;

/** Lends direct or heap memory and knows how much of it is out. */
public final class TrackedAllocator implements MemoryAllocator {
    private final BudgetedAllocator counted;

    private TrackedAllocator(MemoryAllocator source, long limit) {
        this.counted = new BudgetedAllocator(source, limit);
    }

    /** Direct memory. */
    public static TrackedAllocator direct(long limit) {
        return new TrackedAllocator(size -> HostMemory.wrap(ByteBuffer.allocateDirect((int) size)), limit);
    }

    /** Heap memory. */
    public static TrackedAllocator heap(long limit) {
        return new TrackedAllocator(MemoryAllocator.HEAP, limit);
    }

    @Override
    public HostMemory allocate(long byteSize) {
        return counted.allocate(byteSize);
    }

    /** Bytes not yet given back. */
    public long inUse() {
        return counted.inUse();
    }
}
