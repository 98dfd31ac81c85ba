package io.longshore.inference;

import io.longshore.model.LatencyFamily;
import java.util.List;

/**
 * How often a latency fell into each bucket. Immutable.
 *
 * @param family the latency
 * @param bounds upper bounds of the buckets, ascending, in the family's unit
 * @param counts how often a latency was at most the bound and more than the one before; one count more than bounds, for
 *     what is beyond the last
 * @param nanos nanoseconds in all
 */
public record LatencyCounts(LatencyFamily family, List<Double> bounds, List<Long> counts, long nanos) {
    public LatencyCounts {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
        if (counts.size() != bounds.size() + 1) {
            throw new IllegalArgumentException(
                    bounds.size() + " bounds need one count more, got " + counts.size() + " counts");
        }
    }

    /** How often in all. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
