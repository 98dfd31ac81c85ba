package io.longshore.tensor;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Direct memory that is counted until its last reference is released, so that a test can end with zero. Thread-safe. */
public final class CountingAllocator implements MemoryAllocator {
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicInteger total = new AtomicInteger();

    private volatile long largest = Long.MAX_VALUE;

    /** Refuses larger pieces from now on, as a budget that is used up does. */
    public void refuseBeyond(long byteSize) {
        largest = byteSize;
    }

    @Override
    public HostMemory allocate(long byteSize) {
        if (byteSize > largest) {
            throw new MemoryBudgetExceededException("the test refuses " + byteSize + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(byteSize));
        live.incrementAndGet();
        liveBytes.addAndGet(byteSize);
        total.incrementAndGet();
        return HostMemory.of(bytes, () -> {
            live.decrementAndGet();
            liveBytes.addAndGet(-byteSize);
        });
    }

    /** Pieces of memory that still have a reference. */
    public int live() {
        return live.get();
    }

    /** Bytes of the pieces that still have a reference. */
    public long liveBytes() {
        return liveBytes.get();
    }

    /** Pieces of memory ever lent. */
    public int total() {
        return total.get();
    }
}
