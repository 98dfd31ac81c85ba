package io.longshore.schedule;

/**
 * How long a request will wait, by what rows have cost so far. The cost of a row is about the median of those of the last runs,
 * so that one run that lost its core does not have others refused. Not thread-safe.
 */
final class WaitEstimate {
    private static final int SHIFT = 3;

    /** Nanoseconds a row of a batch takes; 0 = nothing has run yet. */
    private long perRow;

    /** Notes a run of at least one row. */
    void ran(long rows, long nanos) {
        long cost = Math.max(1, nanos / Math.max(1, rows));
        if (perRow == 0) {
            perRow = cost;
        } else if (cost > perRow) {
            perRow += Math.min(cost - perRow, (perRow >> SHIFT) + 1);
        } else {
            perRow -= Math.min(perRow - cost, (perRow >> SHIFT) + 1);
        }
    }

    /**
     * Nanoseconds until so many rows are worked off; 0 before the first run.
     *
     * @param instances that work at once; at least 1
     */
    long nanos(long rows, int instances) {
        return (long) ((double) rows * perRow / instances);
    }
}
