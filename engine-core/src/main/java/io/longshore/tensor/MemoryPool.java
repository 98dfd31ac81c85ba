package io.longshore.tensor;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lends memory and keeps what comes back, because the JVM zeroes every new buffer and array, which for a tensor of megabytes
 * costs more than reading it from a socket, and because it frees a direct buffer only when it happens to collect garbage.
 *
 * <p>Sizes are rounded up to classes, four to each doubling, so at most a fifth of a piece is unused. Each class keeps
 * its free pieces in a small array of slots; a thread starts to look at a place that depends on its id, so threads
 * seldom meet, and takes and puts with one atomic exchange, without a lock or a node. It looks at all slots: who gives a
 * piece back is often not who took it. When the slots of a class are full or the pool keeps {@code maxRetained} bytes
 * already, a returned piece is left to the collector. When the JVM has no memory left, the pool lets go of all that it keeps
 * and tries once more.
 *
 * <p>Thread-safe.
 */
public final class MemoryPool implements MemoryAllocator {
    private static final int SMALLEST_LOG2 = 6;
    private static final int STEPS_PER_DOUBLING = 4;
    private static final int SLOTS = 32;

    private final AtomicReferenceArray<AtomicReferenceArray<ByteBuffer>> classes;
    private final AtomicLong retained = new AtomicLong();
    private final IntFunction<ByteBuffer> source;
    private final long maxRetained;

    private MemoryPool(IntFunction<ByteBuffer> source, long maxRetained) {
        this.source = source;
        this.maxRetained = maxRetained;
        this.classes = new AtomicReferenceArray<>(classOf(Integer.MAX_VALUE) + 1);
        for (int i = 0; i < classes.length(); i++) {
            classes.set(i, new AtomicReferenceArray<>(SLOTS));
        }
    }

    /**
     * A pool of direct memory, which native runtimes read in place.
     *
     * @param maxRetained bytes that the pool may keep while nobody uses them
     */
    public static MemoryPool direct(long maxRetained) {
        return new MemoryPool(ByteBuffer::allocateDirect, maxRetained);
    }

    /**
     * A pool of memory on the Java heap.
     *
     * @param maxRetained bytes that the pool may keep while nobody uses them
     */
    public static MemoryPool heap(long maxRetained) {
        return new MemoryPool(ByteBuffer::allocate, maxRetained);
    }

    @Override
    public HostMemory allocate(long byteSize) {
        if (byteSize < 0 || byteSize > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("one piece of memory has 0 to 2147483647 bytes, asked for " + byteSize);
        }
        if (byteSize == 0) {
            return HostMemory.empty();
        }
        int sizeClass = classOf(byteSize);
        ByteBuffer piece = take(sizeClass);
        ByteBuffer memory = piece != null ? piece : allocateNew(sizeClass);
        return HostMemory.of(memory.slice(0, (int) byteSize), () -> put(sizeClass, memory));
    }

    /** Bytes kept for later use. */
    public long retained() {
        return retained.get();
    }

    private ByteBuffer allocateNew(int sizeClass) {
        int capacity = (int) pieceSize(sizeClass);
        try {
            return source.apply(capacity);
        } catch (OutOfMemoryError e) {
            // What other classes keep may be what is missing here.
            forgetAll();
            return source.apply(capacity);
        }
    }

    private void forgetAll() {
        for (int sizeClass = 0; sizeClass < classes.length(); sizeClass++) {
            AtomicReferenceArray<ByteBuffer> slots = classes.get(sizeClass);
            for (int slot = 0; slot < SLOTS; slot++) {
                ByteBuffer piece = slots.getAndSet(slot, null);
                if (piece != null) {
                    retained.addAndGet(-piece.capacity());
                }
            }
        }
    }

    private @Nullable ByteBuffer take(int sizeClass) {
        AtomicReferenceArray<ByteBuffer> slots = classes.get(sizeClass);
        int start = startSlot();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (start + i) % SLOTS;
            if (slots.getPlain(slot) != null) {
                ByteBuffer piece = slots.getAndSet(slot, null);
                if (piece != null) {
                    retained.addAndGet(-piece.capacity());
                    return piece;
                }
            }
        }
        return null;
    }

    private void put(int sizeClass, ByteBuffer piece) {
        if (retained.addAndGet(piece.capacity()) <= maxRetained) {
            AtomicReferenceArray<ByteBuffer> slots = classes.get(sizeClass);
            int start = startSlot();
            for (int i = 0; i < SLOTS; i++) {
                if (slots.compareAndSet((start + i) % SLOTS, null, piece)) {
                    return;
                }
            }
        }
        retained.addAndGet(-piece.capacity());
    }

    private static int startSlot() {
        // Fibonacci hashing spreads consecutive thread ids over the slots.
        return (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 59);
    }

    /** The class of the smallest pieces that hold {@code byteSize} bytes. */
    static int classOf(long byteSize) {
        if (byteSize <= pieceSize(0)) {
            return 0;
        }
        long last = byteSize - 1;
        int log2 = 63 - Long.numberOfLeadingZeros(last);
        int step = (int) (last >>> (log2 - 2)) & (STEPS_PER_DOUBLING - 1);
        return (log2 - SMALLEST_LOG2) * STEPS_PER_DOUBLING + step + 1;
    }

    /** Bytes of the pieces of a class: 64, 80, 96, 112, 128, 160 and so on. */
    static long pieceSize(int sizeClass) {
        long step = (long) STEPS_PER_DOUBLING + sizeClass % STEPS_PER_DOUBLING;
        long size = step << (SMALLEST_LOG2 - 2 + sizeClass / STEPS_PER_DOUBLING);
        return Math.min(size, Integer.MAX_VALUE);
    }
}
