package io.longshore.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Something that waits in a {@link BatchQueue}.
 *
 * @param <T> what waits
 */
final class Waiting<T> {
    private final T item;
    private final BatchKey key;
    private final int rows;
    private final long length;
    private final int level;
    private final long arrived;
    private boolean delayed;

    /**
     * @param key what it can be put together with
     * @param rows its rows, at least 0
     * @param length its length where that may differ from others' of its key; 0 where not
     * @param level its priority; 0 and 1 are the highest
     * @param arrived nanoseconds on the queue's clock
     */
    Waiting(T item, BatchKey key, int rows, long length, int level, long arrived) {
        this.item = item;
        this.key = key;
        this.rows = rows;
        this.length = length;
        this.level = level;
        this.arrived = arrived;
    }

    /** Waiting things are equal only to themselves; the time tells them apart without asking the JVM for an identity. */
    @Override
    public int hashCode() {
        return Long.hashCode(arrived);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    T item() {
        return item;
    }

    BatchKey key() {
        return key;
    }

    /** Whether it may run only where there is room. */
    boolean isBackground() {
        return key.isBackground();
    }

    /** The rows that it takes of a batch; what has none takes one, so that a batch has an end. */
    int rows() {
        return Math.max(1, rows);
    }

    /** The length of each row where rows can be padded; 0 where not. */
    long length() {
        return length;
    }

    int level() {
        return level;
    }

    long arrived() {
        return arrived;
    }

    /** Has it wait behind all others of its level from now on. */
    void delay() {
        delayed = true;
    }

    boolean isDelayed() {
        return delayed;
    }

    /** Its lane: the lower, the sooner. */
    int rank() {
        return rank(level, delayed);
    }

    static int rank(int level, boolean delayed) {
        return 2 * level + (delayed ? 1 : 0);
    }
}
