package io.longshore.tensor;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lends memory of another allocator up to a limit, so that the bytes of all requests in flight stay bounded. A piece
 * counts from its allocation until its last reference is released.
 */
public final class BudgetedAllocator implements MemoryAllocator, MemoryBudget {
    private final MemoryAllocator source;
    private final long limit;
    private final AtomicLong inUse = new AtomicLong();
    private final LongAdder refusals = new LongAdder();

    /**
     * @param source where the memory comes from
     * @param limit bytes that may be in use at once
     */
    public BudgetedAllocator(MemoryAllocator source, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit must not be negative, got " + limit);
        }
        this.source = source;
        this.limit = limit;
    }

    @Override
    public HostMemory allocate(long byteSize) {
        reserve(byteSize);
        try {
            HostMemory memory = source.allocate(byteSize);
            return HostMemory.of(memory.buffer(), () -> end(memory, byteSize));
        } catch (RuntimeException | Error e) {
            giveBack(byteSize);
            throw e;
        }
    }

    private void end(HostMemory memory, long byteSize) {
        try {
            memory.release();
        } finally {
            giveBack(byteSize);
        }
    }

    @Override
    public void giveBack(long byteSize) {
        inUse.addAndGet(-byteSize);
    }

    /** Bytes lent and not yet released. */
    public long inUse() {
        return inUse.get();
    }

    /** Bytes that may be in use at once. */
    public long limit() {
        return limit;
    }

    /** How often the limit has refused memory. */
    public long refusals() {
        return refusals.sum();
    }

    @Override
    public void reserve(long byteSize) {
        if (byteSize < 0) {
            throw new IllegalArgumentException("byteSize must not be negative, got " + byteSize);
        }
        long before;
        do {
            before = inUse.get();
            if (byteSize > limit - before) {
                refusals.increment();
                throw new MemoryBudgetExceededException("the server's budget of " + limit
                        + " bytes for requests in flight has " + (limit - before) + " bytes left, the request needs "
                        + byteSize + " more; retry later or raise longshore.request-memory-limit");
            }
        } while (!inUse.compareAndSet(before, before + byteSize));
    }
}
