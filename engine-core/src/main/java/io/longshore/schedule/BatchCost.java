package io.longshore.schedule;

/**
 * What an execution costs: so much for itself and so much for each unit of its size, by a regression line through the runs so
 * far in which each run counts for a fiftieth less than the one after it. A run that took many times what was expected, as
 * when its thread loses its core, counts as a run that took four times as much. Not thread-safe.
 */
final class BatchCost {
    private static final double DECAY = 0.98;
    private static final double MOST_TIMES_EXPECTED = 4;
    /** Sizes that vary less, in relation to their mean, do not tell the two costs apart. */
    private static final double LEAST_VARIATION = 0.01;

    /** Weighted sums over the runs: of 1, of sizes, of times, of squared sizes and of products. */
    private double weight;

    private double sizes;
    private double times;
    private double squares;
    private double products;

    private double fixed;
    private double perUnit;

    /** Counts a run of so many units, at least one, in nanoseconds. */
    void ran(long units, long nanos) {
        double size = (double) Math.max(1, units);
        double time = weight == 0
                ? (double) nanos
                : Math.min((double) nanos, MOST_TIMES_EXPECTED * Math.max(1, nanos(units)));
        weight = DECAY * weight + 1;
        sizes = DECAY * sizes + size;
        times = DECAY * times + time;
        squares = DECAY * squares + size * size;
        products = DECAY * products + size * time;
        fit();
    }

    /** Least squares, with neither cost below zero. */
    private void fit() {
        double variance = weight * squares - sizes * sizes;
        if (variance < LEAST_VARIATION * sizes * sizes) {
            scale();
            return;
        }
        perUnit = (weight * products - sizes * times) / variance;
        fixed = (times - perUnit * sizes) / weight;
        if (perUnit < 0) {
            perUnit = 0;
            fixed = times / weight;
        } else if (fixed < 0) {
            fixed = 0;
            perUnit = products / squares;
        }
    }

    /** Keeps the proportion of the two costs as it was last known, all to the units at first. */
    private void scale() {
        double expected = fixed * weight + perUnit * sizes;
        if (expected == 0) {
            perUnit = times / sizes;
        } else {
            fixed *= times / expected;
            perUnit *= times / expected;
        }
    }

    /** Nanoseconds that an execution costs whatever its size; 0 as long as that is not known. */
    double fixed() {
        return fixed;
    }

    /** Nanoseconds that each unit adds. */
    double perUnit() {
        return perUnit;
    }

    /** Nanoseconds that an execution of so many units is expected to take; 0 before the first run. */
    double nanos(long units) {
        return fixed + perUnit * (double) units;
    }
}
