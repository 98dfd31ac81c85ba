package io.longshore.schedule;

import io.longshore.inference.LearnedBatching;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses which of the requests that wait run together where they differ in length, so that what padding wastes is less than
 * what fewer executions save; learns from executions what both cost. Pure and not thread-safe.
 *
 * <p>What waits is cut into batches of neighbours in length at the least cost for all of it together, and the batch runs that has
 * the first in order. As long as the costs are not known, only what is as long, or in one bucket, runs together. What never
 * runs never becomes known: where batches have not been worth it, every sixteenth execution may have two requests that are
 * about as long.
 */
final class LengthBatches {
    /** Requests that are looked at for one batch, so that a long queue costs no more than a short one. */
    private static final int MOST_CANDIDATES = 256;

    private static final int CANDIDATES_PER_ROW = 4;
    /** A batch has to save so much of a usual request's cost for each of its requests; less is within what costs vary. */
    private static final double LEAST_SAVED_SHARE = 0.08;

    private static final int TRIAL_ROWS = 2;
    private static final double TRIAL_SHARE = 1.0 / 8;

    private final LengthBuckets buckets;
    private final double mostNanos;
    private final PaddedCost cost = new PaddedCost();
    private final Trials trials = new Trials();

    /**
     * @param buckets the lengths that batches are padded to
     * @param goal nanoseconds within which requests are to be answered, so that a batch of several takes half of it at most; 0 =
     *     no matter how long
     */
    LengthBatches(LengthBuckets buckets, long goal) {
        this.buckets = buckets;
        this.mostNanos = goal == 0 ? Double.MAX_VALUE : goal / 2.0;
    }

    /**
     * Notes that an execution is over.
     *
     * @param rows those of its requests
     * @param shortest the length of its shortest request, at least 1
     * @param longest that of its longest
     * @param nanos how long it took
     */
    void ran(long rows, long shortest, long longest, long nanos) {
        cost.ran(rows, rows * buckets.padded(shortest, longest), nanos);
        // A trial joins only what waits anyhow, so none is in vain.
        trials.ran(false);
    }

    /** What was learned so far. */
    LearnedBatching learned(int maxRows) {
        return new LearnedBatching(maxRows, cost.fixed(), cost.perRow());
    }

    /**
     * What of a group runs now; empty if it waits for more.
     *
     * @param group requests that can be padded to one length, or of one shape; at least one
     * @param late whether the first has waited as long as it may
     */
    <T> List<Waiting<T>> batchOf(Lanes<T> group, BatchLimits limits, boolean late) {
        List<Waiting<T>> candidates = candidates(group, limits);
        List<List<Waiting<T>>> parts = candidates.get(0).length() == 0
                ? List.of(candidates)
                : new LengthPartition<>(candidates, prices(limits.maxRows())).batches();
        boolean first = true;
        for (List<Waiting<T>> part : parts) {
            List<Waiting<T>> members = plan(part, limits).members(late && first);
            if (!members.isEmpty()) {
                return members;
            }
            first = false;
        }
        return List.of();
    }

    private static <T> List<Waiting<T>> candidates(Lanes<T> group, BatchLimits limits) {
        int most = (int) Math.min(MOST_CANDIDATES, (long) CANDIDATES_PER_ROW * limits.maxRows());
        List<Waiting<T>> candidates = new ArrayList<>(Math.min(most, group.size()));
        group.forEachWhile(each -> candidates.add(each) && candidates.size() < most);
        return candidates;
    }

    private static <T> BatchPlan<T> plan(List<Waiting<T>> part, BatchLimits limits) {
        BatchPlan<T> plan = new BatchPlan<>(limits);
        for (Waiting<T> each : inOrderOfNearness(part)) {
            if (!plan.add(each)) {
                break;
            }
        }
        return plan;
    }

    /** The first in order, and the others the nearer the sooner: a preferred size leaves out the farthest. */
    private static <T> List<Waiting<T>> inOrderOfNearness(List<Waiting<T>> part) {
        long length = part.get(0).length();
        List<Waiting<T>> ordered = new ArrayList<>(part);
        ordered.subList(1, ordered.size()).sort(Comparator.comparingLong(each -> Math.abs(each.length() - length)));
        return ordered;
    }

    private BatchPrices prices(int maxRows) {
        if (!cost.isKnown()) {
            return BatchPrices.onlyWithinBuckets(buckets, maxRows);
        }
        BatchPrices known = cost.prices(buckets, maxRows, LEAST_SAVED_SHARE * cost.usual(), mostNanos);
        boolean isTrial = known.saved() <= 0 && trials.isDue();
        return isTrial ? known.trial(Math.min(TRIAL_ROWS, maxRows), TRIAL_SHARE * cost.usual()) : known;
    }
}
