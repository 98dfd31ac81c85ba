package io.longshore.schedule;

import io.longshore.inference.LearnedBatching;

/**
 * Chooses the size of batches and how long they wait for more, by what executions have cost and how fast requests come. Pure
 * and not thread-safe.
 *
 * <p>A batch saves the fixed cost of an execution for each row but one. So where executions have a fixed cost to speak of,
 * batches may grow as far as the latency goal allows: a request waits for the batch before its own and then for its own, so
 * each of them may take half the goal. Where they have none, batches gain nothing and requests run one by one.
 *
 * <p>Whether {@code n} rows wait for more while an instance is idle: with a fixed cost {@code a} and a cost {@code b} a row, one
 * more row after a wait of {@code w} raises the throughput {@code n / (a + bn)} exactly if {@code w < a / n}. So they wait as
 * long as the next row is expected sooner than that, and give up when it has not come by then, or when none has come for
 * several times the usual distance. Once as many rows are there as there have been at all of late, no more will come: where
 * clients wait for their answers, those are all of them.
 *
 * <p>What never runs never becomes known: now and then an execution may have two rows although batches have not been worth it,
 * and waits a little although nobody was expected. Two clients that take turns then find out that they do better together.
 */
final class AdaptiveBatching implements BatchDelay {
    private static final double LEAST_FIXED_SHARE = 0.05;
    private static final int TRIAL_ROWS = 2;
    private static final double TRIAL_SHARE = 1.0 / 4;
    private static final int DISTANCES_OF_PATIENCE = 4;
    /** The part of the fixed cost that the stragglers of a burst get at least. */
    private static final double STRAGGLERS_SHARE = 1.0 / 32;

    /** Longer than any other bound, and yet no sum with it overflows. */
    private static final double FOR_EVER = 1e18;

    private final BatchLimits stated;
    private final long goal;
    private final BatchCost cost = new BatchCost();
    private final Arrivals arrivals = new Arrivals();
    private final Trials trials = new Trials();
    private BatchLimits chosen;

    /**
     * @param stated the limits of the configuration: a batch is never larger, whatever is learned
     * @param goal nanoseconds within which requests are to be answered
     */
    AdaptiveBatching(BatchLimits stated, long goal) {
        this.stated = stated;
        this.goal = goal;
        this.chosen = stated.withRows(stated.maxRows(), this);
    }

    /** Notes that a request came. */
    void arrived(long now) {
        arrivals.arrived(now, horizon());
    }

    /** Nobody ever waits longer. */
    private double horizon() {
        return Math.max(cost.fixed(), TRIAL_SHARE * cost.nanos(1));
    }

    /**
     * Notes that an execution is over.
     *
     * @param rows those it had
     * @param nanos how long it took
     * @param waiting rows that came meanwhile and wait
     * @param alone whether it was of one request and none waits
     * @param now the present time
     * @return the limits from now on
     */
    BatchLimits ran(long rows, long nanos, long waiting, boolean alone, long now) {
        cost.ran(rows, nanos);
        arrivals.idle(now, horizon(), waiting, rows + waiting);
        trials.ran(alone);
        int size = gains() ? mostRows() : trials.isDue() ? Math.min(TRIAL_ROWS, stated.maxRows()) : 1;
        chosen = stated.withRows(size, this);
        return chosen;
    }

    /** The limits in effect. */
    BatchLimits limits() {
        return chosen;
    }

    /** What was learned so far. */
    LearnedBatching learned() {
        return new LearnedBatching(chosen.maxRows(), cost.fixed(), cost.perUnit());
    }

    /** Whether a batch costs noticeably less than its rows one by one. */
    private boolean gains() {
        return cost.fixed() > LEAST_FIXED_SHARE * cost.nanos(1);
    }

    /** Rows that run within half the goal; as many as may be where not even one does, since then only throughput is left. */
    private int mostRows() {
        double half = goal / 2.0;
        if (cost.nanos(1) > half || cost.perUnit() == 0) {
            return stated.maxRows();
        }
        double rows = (half - cost.fixed()) / cost.perUnit();
        return (int) Math.max(1, Math.min(stated.maxRows(), rows));
    }

    @Override
    public boolean mayWait(long rows) {
        if (rows >= chosen.maxRows()) {
            return false;
        }
        return trials.isDue()
                || (gains()
                        && rows < arrivals.peak()
                        && arrivals.expected(patience(rows)) < cost.fixed() / (double) rows);
    }

    @Override
    public long end(long rows, long oldest, long lastArrival, long idleSince) {
        long begin = later(oldest, idleSince);
        if (!mayWait(rows)) {
            return begin;
        }
        long most = begin + (long) (trials.isDue() ? TRIAL_SHARE * cost.nanos(1) : cost.fixed());
        long inTime = oldest + goal - (long) cost.nanos(rows);
        long quiet = later(lastArrival, begin) + (long) patience(rows);
        return earlier(earlier(most, inTime), quiet);
    }

    /** Nanoseconds without an arrival after which so many rows give up. */
    private double patience(long rows) {
        if (trials.isDue()) {
            return FOR_EVER;
        }
        double burst = Math.max(DISTANCES_OF_PATIENCE * arrivals.distance(), STRAGGLERS_SHARE * cost.fixed());
        return Math.min(cost.fixed() / (double) rows, burst);
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private static long later(long one, long other) {
        return one - other < 0 ? other : one;
    }
}
