package io.longshore.schedule;

/**
 * What a batch of padded requests is worth: {@code fixed + perRow (rows - 1) + perUnit units + perSquare units²} nanoseconds,
 * units being rows times padded length. Immutable.
 *
 * @param buckets the lengths that batches are padded to
 * @param maxRows rows of a batch of several requests at most
 * @param mixesBuckets whether requests of different buckets may run together; if not, prices mean nothing
 * @param mostNanos price of a batch of several requests at most
 */
record BatchPrices(
        LengthBuckets buckets,
        int maxRows,
        boolean mixesBuckets,
        double fixed,
        double perRow,
        double perUnit,
        double perSquare,
        double mostNanos) {
    /** Any two batches of one bucket cost more than one. */
    static BatchPrices onlyWithinBuckets(LengthBuckets buckets, int maxRows) {
        return new BatchPrices(buckets, maxRows, false, 1, 0, 0, 0, Double.MAX_VALUE);
    }

    /** What one batch costs less than two, apart from padding; below zero = more. */
    double saved() {
        return fixed - perRow;
    }

    /** As if a batch of so many rows at most saved as much. */
    BatchPrices trial(int rows, double saves) {
        return new BatchPrices(buckets, rows, true, fixed, fixed - saves, perUnit, perSquare, mostNanos);
    }

    /** The price of a batch of so many rows of this padded length. */
    double of(long rows, long padded) {
        double units = (double) rows * (double) padded;
        return fixed + perRow * (double) (rows - 1) + perUnit * units + perSquare * units * units;
    }

    /** Whether several requests with so many rows together, at this price, may be a batch. */
    boolean permits(long rows, double price) {
        return rows <= maxRows && price <= mostNanos;
    }

    /**
     * Whether a batch costs less in two, with these rows and everything shorter by themselves, whatever else is in it: then
     * nothing shorter belongs to it either.
     *
     * @param rows those of one request
     * @param shorter by how much its bucket is shorter than the batch's
     */
    boolean separates(long rows, long shorter) {
        return mixesBuckets ? perUnit * (double) rows * (double) shorter > saved() : shorter > 0;
    }
}
