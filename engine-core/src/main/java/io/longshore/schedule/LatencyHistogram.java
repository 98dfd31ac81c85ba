package io.longshore.schedule;

import io.longshore.inference.LatencyCounts;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.model.LatencyFamily;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Counts latencies in buckets of fixed bounds. One addition to a bucket and one to the sum, without a lock; the count is
 * what the buckets come to. Thread-safe; a snapshot that is taken meanwhile may miss a part of one latency.
 */
final class LatencyHistogram {
    private final LatencyFamily family;
    private final List<Double> bounds;
    private final long[] boundNanos;
    private final LongAdder[] buckets;
    private final LongAdder nanos = new LongAdder();

    /** @param bounds upper bounds, ascending, in the family's unit */
    LatencyHistogram(LatencyFamily family, List<Double> bounds) {
        this.family = family;
        this.bounds = List.copyOf(bounds);
        this.boundNanos = bounds.stream()
                .mapToLong(bound -> Math.round(bound * family.unitNanos()))
                .toArray();
        this.buckets = Stream.generate(LongAdder::new).limit(bounds.size() + 1L).toArray(LongAdder[]::new);
    }

    /** Counts a latency of so many nanoseconds. */
    void add(long taken) {
        int bucket = 0;
        while (bucket < boundNanos.length && taken > boundNanos[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(taken);
    }

    /** How often, and how long altogether. */
    Total total() {
        return new Total(Arrays.stream(buckets).mapToLong(LongAdder::sum).sum(), nanos.sum());
    }

    /** What was counted so far. */
    LatencyCounts counts() {
        List<Long> counts = Arrays.stream(buckets).map(LongAdder::sum).toList();
        return new LatencyCounts(family, bounds, counts, nanos.sum());
    }
}
