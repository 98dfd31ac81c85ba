package io.longshore.schedule;

/**
 * About the median of a model's run times, in one number: each run moves it up or down by a sixteenth. A mean would not do,
 * since a thread that loses its core in the middle of a run makes one in fifty a hundred times as long. Not thread-safe.
 */
final class RunTimeMedian {
    /** Below this, handing a request to another thread costs more than letting it run beside others. */
    static final long SHORT_NANOS = 200_000;

    /** From here on, handing a request to a thread of the engine's own costs nothing to speak of. */
    static final long MODERATE_NANOS = 1_000_000;

    /** A run this long is no accident of the operating system's: the model has become slow. */
    static final long LONG_NANOS = 100_000_000;

    private static final int SHIFT = 4;

    /** Neither short nor long at first; a few long runs, or some thirty short ones, tell. */
    private long median = MODERATE_NANOS - 1;

    /** Counts a run of so many nanoseconds. */
    void add(long nanos) {
        if (nanos >= LONG_NANOS) {
            median = nanos;
        } else if (nanos > median) {
            median += (median >> SHIFT) + 1;
        } else {
            median -= median >> SHIFT;
        }
    }

    /** Whether the model's runs are known to be short. */
    boolean isShort() {
        return median < SHORT_NANOS;
    }

    /** Whether the model's runs are known to be long. */
    boolean isLong() {
        return median >= MODERATE_NANOS;
    }
}
