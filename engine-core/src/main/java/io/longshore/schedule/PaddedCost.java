package io.longshore.schedule;

/**
 * What an execution of padded requests costs: {@code a + r (rows - 1) + p units + q units²}, where a unit is one step of one row,
 * padded ones included. By least squares over the runs so far, none of the four below zero, each run counting for a hundredth
 * less than the one after it. Pure and not thread-safe.
 *
 * <p>Runs of one row tell {@code a} and {@code p} apart as soon as they differ in length. {@code r} is what a batch does not
 * save although it saves executions, and {@code q} what large batches lose, as on processors whose caches they leave; both
 * are told by batches only, and taken for nothing until then.
 */
final class PaddedCost {
    private static final double DECAY = 0.99;
    private static final double MOST_TIMES_EXPECTED = 4;
    private static final int LEAST_RUNS = 8;
    /** Sizes that vary less, in relation to their mean, do not tell the costs apart. */
    private static final double LEAST_VARIATION = 0.01;

    private static final int TERMS = 4;
    /** Where runs do not tell terms apart, the cost goes to those that yield most easily. */
    private static final double[] STIFFNESS = {1e-9, 1e-3, 1e-9, 1e-3};

    /** Weighted sums over the runs of the products of each two terms, and of each term and the time. */
    private final double[][] products = new double[TERMS][TERMS];

    private final double[] times = new double[TERMS];
    private double[] costs = new double[TERMS];
    private int runs;

    /**
     * Counts a run.
     *
     * @param rows at least one
     * @param units rows times padded length
     * @param nanos how long it took; far more than was expected counts as four times that
     */
    void ran(long rows, long units, long nanos) {
        double time = runs == 0
                ? (double) nanos
                : Math.min((double) nanos, MOST_TIMES_EXPECTED * Math.max(1, nanos(rows, units)));
        double[] terms = terms(rows, units);
        for (int i = 0; i < TERMS; i++) {
            for (int j = 0; j < TERMS; j++) {
                products[i][j] = DECAY * products[i][j] + terms[i] * terms[j];
            }
            times[i] = DECAY * times[i] + terms[i] * time;
        }
        runs = Math.min(LEAST_RUNS, runs + 1);
        costs = LeastSquares.nonNegative(products, times, STIFFNESS);
    }

    private static double[] terms(long rows, long units) {
        double size = (double) units;
        return new double[] {1, (double) (rows - 1), size, size * size};
    }

    /** Whether runs have differed enough to tell what an execution costs for itself. */
    boolean isKnown() {
        double sum = products[0][2];
        double variance = products[0][0] * products[2][2] - sum * sum;
        return runs >= LEAST_RUNS && variance >= LEAST_VARIATION * sum * sum;
    }

    /** Nanoseconds that an execution is expected to take; 0 before the first run. */
    double nanos(long rows, long units) {
        double[] terms = terms(rows, units);
        double sum = 0;
        for (int i = 0; i < TERMS; i++) {
            sum += costs[i] * terms[i];
        }
        return sum;
    }

    /** Nanoseconds that an execution costs whatever runs in it. */
    double fixed() {
        return costs[0];
    }

    /**
     * What batches cost.
     *
     * @param margin nanoseconds that a batch has to save for each further row
     */
    BatchPrices prices(LengthBuckets buckets, int maxRows, double margin, double mostNanos) {
        return new BatchPrices(buckets, maxRows, true, costs[0], costs[1] + margin, costs[2], costs[3], mostNanos);
    }

    /** Nanoseconds that a row of the usual length takes by itself. */
    double usual() {
        return nanos(1, Math.round(usualLength()));
    }

    /** Nanoseconds that each row adds to an execution in the mean. */
    double perRow() {
        return costs[1] + costs[2] * usualLength();
    }

    private double usualLength() {
        double rows = products[0][0] + products[0][1];
        return rows == 0 ? 0 : products[0][2] / rows;
    }
}
