package io.longshore.schedule;

/**
 * About the 99th percentile of a model's run times, in one number: a run above it raises it by a quarter, one below it lowers it by
 * a 99th of that, so that it rests where one run in a hundred is above. Not thread-safe.
 */
final class RunTimeTail {
    /** About what waking another thread costs on a busy machine. */
    static final long BRIEF_NANOS = 200_000;

    /** A run this long is no thread that lost its core for a moment: the model has become slow. */
    static final long LONG_NANOS = 10_000_000;

    private static final double STEP = 0.25;
    private static final double PERCENTILE = 0.99;

    /** Not brief at first; some seven hundred short runs tell. */
    private double tail = 5.0 * BRIEF_NANOS;

    /** Counts a run of so many nanoseconds. */
    void add(long nanos) {
        if (nanos >= LONG_NANOS) {
            tail = Math.max(tail, (double) nanos);
        } else if (nanos > tail) {
            tail *= 1 + STEP * PERCENTILE;
        } else {
            tail *= 1 - STEP * (1 - PERCENTILE);
        }
    }

    /** Whether the model's runs are known to be brief, but for one in a hundred. */
    boolean isBrief() {
        return tail < BRIEF_NANOS;
    }
}
