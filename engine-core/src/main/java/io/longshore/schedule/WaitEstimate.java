package io.longshore.schedule;

/**
 * How long a request will wait, and run, by what rows and runs have cost so far. Each cost is about the median of the last ones,
 * so that one run that lost its core does not have others refused. Not thread-safe.
 */
final class WaitEstimate {
    private static final int SHIFT = 3;

    /** Nanoseconds a row of a batch takes; 0 = nothing has run yet. */
    private long perRow;

    /** Nanoseconds a run takes; 0 = nothing has run yet. */
    private long perRun;

    /** Notes a run of at least one row. */
    void ran(long rows, long nanos) {
        perRow = moved(perRow, Math.max(1, nanos / Math.max(1, rows)));
        perRun = moved(perRun, Math.max(1, nanos));
    }

    private static long moved(long median, long cost) {
        if (median == 0) {
            return cost;
        }
        long step = (median >> SHIFT) + 1;
        return median + Math.max(-step, Math.min(step, cost - median));
    }

    /**
     * Nanoseconds until so many rows are worked off; 0 before the first run.
     *
     * @param instances that work at once; at least 1
     */
    long nanos(long rows, int instances) {
        return (long) ((double) rows * perRow / instances);
    }

    /** Nanoseconds that a run takes; 0 before the first. */
    long runNanos() {
        return perRun;
    }
}
