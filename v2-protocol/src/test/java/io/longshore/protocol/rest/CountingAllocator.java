package io.longshore.protocol.rest;

import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Direct memory whose pieces are counted while they are out. */
final class CountingAllocator implements MemoryAllocator {
    private final AtomicInteger out = new AtomicInteger();
    private final AtomicInteger total = new AtomicInteger();

    @Override
    public HostMemory allocate(long byteSize) {
        total.incrementAndGet();
        out.incrementAndGet();
        return HostMemory.of(ByteBuffer.allocateDirect((int) byteSize), out::decrementAndGet);
    }

    /** Memory with these bytes. */
    HostMemory holding(byte[] bytes) {
        HostMemory memory = allocate(bytes.length);
        memory.buffer().put(bytes);
        return memory;
    }

    /** Pieces not released. */
    int out() {
        return out.get();
    }

    /** Pieces ever lent. */
    int total() {
        return total.get();
    }
}
