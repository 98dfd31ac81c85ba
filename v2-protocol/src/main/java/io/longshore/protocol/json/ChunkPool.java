package io.longshore.protocol.json;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Lends byte arrays of one size and keeps what comes back, as far as it has room; what it has no room for is left to the
 * collector. A thread starts to look at a place that depends on its id, so that threads seldom meet. Thread-safe.
 */
public final class ChunkPool {
    /** Bytes of a chunk: large enough for a small response and for a socket to take at once. */
    public static final int CHUNK_BYTES = 32 << 10;

    /** Keeps nothing and lends small chunks; for texts that are written seldom. */
    public static final ChunkPool NONE = new ChunkPool(0, 1 << 10);

    private final AtomicReferenceArray<byte[]> slots;
    private final int chunkBytes;

    /**
     * An empty pool of chunks of {@link #CHUNK_BYTES}.
     *
     * @param chunks that it keeps at most; a power of two
     */
    public ChunkPool(int chunks) {
        this(chunks, CHUNK_BYTES);
        if (Integer.bitCount(chunks) != 1) {
            throw new IllegalArgumentException("chunks must be a power of two, got " + chunks);
        }
    }

    private ChunkPool(int chunks, int chunkBytes) {
        this.slots = new AtomicReferenceArray<>(chunks);
        this.chunkBytes = chunkBytes;
    }

    /** A chunk, whose content is undefined. */
    public byte[] take() {
        int mask = slots.length() - 1;
        int start = startSlot();
        for (int i = 0; i <= mask; i++) {
            int slot = (start + i) & mask;
            if (slots.getPlain(slot) != null) {
                byte[] chunk = slots.getAndSet(slot, null);
                if (chunk != null) {
                    return chunk;
                }
            }
        }
        return new byte[chunkBytes];
    }

    /** Takes a chunk back; one of another size is dropped. */
    public void give(byte[] chunk) {
        if (chunk.length != chunkBytes) {
            return;
        }
        int mask = slots.length() - 1;
        int start = startSlot();
        for (int i = 0; i <= mask; i++) {
            int slot = (start + i) & mask;
            if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, chunk)) {
                return;
            }
        }
    }

    private static int startSlot() {
        // Fibonacci hashing spreads consecutive thread ids over the slots.
        return (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 40);
    }
}
