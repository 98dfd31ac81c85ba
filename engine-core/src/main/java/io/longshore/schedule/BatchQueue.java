package io.longshore.schedule;

import io.longshore.inference.Deadline;
import io.longshore.model.QueuePolicy.TimeoutAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what runs together, and when. Pure and not thread-safe: it knows no thread and no clock; whoever owns it guards
 * it, tells it the time, and asks for a batch when an instance is idle.
 *
 * <p>What waits is in two orders at once: all of it by priority and arrival, and the same within each group of what can be
 * put together. The first of all has the next batch made of its group, unless that batch is still worth waiting for; then a
 * group that is full goes before it. So nothing that waits is overtaken by more than what its own priority permits, and
 * requests of different shapes, which cannot be put together, do not cut each other's batches short.
 *
 * <p>Work of the background runs only where whoever asks has room for it, and never shares a batch with other requests.
 *
 * <p>The rules for sizes and delays are those of Triton's {@code dynamic_batch_scheduler.cc}: the largest preferred size
 * that can be made; else, once the delay is over or no larger batch can come, what is there.
 *
 * @param <T> what waits
 */
final class BatchQueue<T> {
    /** The level of the background: behind every one that a configuration can state; small enough to be doubled. */
    static final int BACKGROUND = Integer.MAX_VALUE / 4;

    private BatchLimits limits;
    /** Null where what runs together has one shape. */
    private final @Nullable LengthBatches lengths;

    private final Lanes<T> all = new Lanes<>();
    private final Map<BatchKey, Lanes<T>> groups = new HashMap<>();
    /** Groups that may have a batch which need not wait. */
    private final Set<BatchKey> large = new LinkedHashSet<>();

    private long lastArrival;
    private long idleSince;
    private boolean delaysStopped;

    BatchQueue(BatchLimits limits) {
        this(limits, null);
    }

    /** @param lengths chooses what runs together where requests that differ in length may; null where none may */
    BatchQueue(BatchLimits limits, @Nullable LengthBatches lengths) {
        this.limits = limits;
        this.lengths = lengths;
    }

    /** Has other sizes and delays apply from now on, when an instance is given back. */
    void adapt(BatchLimits changed, long now) {
        idleSince = now;
        limits = delaysStopped ? changed.withoutDelay() : changed;
        large.clear();
        groups.forEach((key, group) -> {
            if (group.rows() >= limits.leastPreferred()) {
                large.add(key);
            }
        });
    }

    /** Adds what arrived; false if the queue of its level is full. */
    boolean offer(Waiting<T> waiting) {
        if (size(waiting.level()) >= limits.policies().apply(waiting.level()).maxQueueSize()) {
            return false;
        }
        add(waiting);
        lastArrival = waiting.arrived();
        return true;
    }

    private int size(int level) {
        return all.lane(Waiting.rank(level, false)).size()
                + all.lane(Waiting.rank(level, true)).size();
    }

    private void add(Waiting<T> waiting) {
        all.add(waiting);
        Lanes<T> group = groups.computeIfAbsent(waiting.key(), key -> new Lanes<>());
        group.add(waiting);
        if (group.rows() >= limits.leastPreferred()) {
            large.add(waiting.key());
        }
    }

    /** Takes something out, wherever it stands; false if it is not there. */
    boolean remove(Waiting<T> waiting) {
        if (!all.remove(waiting)) {
            return false;
        }
        Lanes<T> group = group(waiting.key());
        group.remove(waiting);
        if (group.rows() < limits.leastPreferred()) {
            large.remove(waiting.key());
        }
        if (group.isEmpty()) {
            groups.remove(waiting.key());
        }
        return true;
    }

    private Lanes<T> group(BatchKey key) {
        return Objects.requireNonNull(groups.get(key));
    }

    /**
     * Takes out what runs next on an idle instance; empty if nothing may run yet.
     *
     * @param room whether work of the background may run too
     */
    List<T> poll(long now, boolean room) {
        for (Waiting<T> head : all.heads()) {
            List<Waiting<T>> batch = batchOf(head.key(), now, room);
            if (!batch.isEmpty()) {
                return taken(batch);
            }
        }
        for (BatchKey key : large) {
            List<Waiting<T>> batch = batchOf(key, now, room);
            if (!batch.isEmpty()) {
                return taken(batch);
            }
        }
        return List.of();
    }

    private List<T> taken(List<Waiting<T>> batch) {
        List<T> items = new ArrayList<>(batch.size());
        for (Waiting<T> waiting : batch) {
            remove(waiting);
            items.add(waiting.item());
        }
        return items;
    }

    /** What of a group runs now; empty if it waits for more, or for room. */
    private List<Waiting<T>> batchOf(BatchKey key, long now, boolean room) {
        if (key.isBackground() && !room) {
            return List.of();
        }
        Lanes<T> group = group(key);
        boolean late = limits.delay() != BatchDelay.NONE && now - delayEnd(group) >= 0;
        if (lengths != null) {
            return lengths.batchOf(group, limits, late);
        }
        BatchPlan<T> plan = new BatchPlan<>(limits);
        group.forEachWhile(plan::add);
        return plan.members(late);
    }

    private long delayEnd(Lanes<T> group) {
        return limits.delay().end(group.rows(), group.oldest(), lastArrival, idleSince);
    }

    /** Takes out what has waited too long and is to be rejected; what is to be delayed goes behind. */
    List<T> expire(long now) {
        List<T> rejected = new ArrayList<>(0);
        for (Waiting<T> head : all.heads()) {
            boolean delays = limits.policies().apply(head.level()).timeoutAction() == TimeoutAction.DELAY;
            for (Waiting<T> late : late(head.rank(), now)) {
                remove(late);
                if (delays) {
                    late.delay();
                    add(late);
                } else {
                    rejected.add(late.item());
                }
            }
        }
        return rejected;
    }

    /** What of a rank, which is in the order of arrival, has waited too long. */
    private List<Waiting<T>> late(int rank, long now) {
        List<Waiting<T>> late = new ArrayList<>(0);
        for (Waiting<T> waiting : all.lane(rank)) {
            OptionalLong timeout = limits.timeout(waiting);
            if (timeout.isEmpty() || timeout.getAsLong() - now > 0) {
                break;
            }
            late.add(waiting);
        }
        return late;
    }

    /**
     * When there is something to do although nothing has happened by then: to poll, or to expire.
     *
     * @param idle whether an instance waits for a batch
     * @param room whether work of the background may run too
     */
    OptionalLong nextWakeup(boolean idle, boolean room) {
        OptionalLong next = OptionalLong.empty();
        for (Waiting<T> head : all.heads()) {
            OptionalLong timeout = limits.timeout(head);
            if (timeout.isPresent()) {
                next = earlier(next, timeout.getAsLong());
            }
            if (idle && (room || !head.isBackground())) {
                next = earlier(next, delayEnd(group(head.key())));
            }
        }
        return next;
    }

    private static OptionalLong earlier(OptionalLong one, long other) {
        return one.isEmpty() || other - one.getAsLong() < 0 ? OptionalLong.of(other) : one;
    }

    /** Takes out everything, in order. */
    List<T> drain() {
        List<Waiting<T>> waiting = new ArrayList<>(all.size());
        all.forEachWhile(waiting::add);
        return taken(waiting);
    }

    /** Lets nothing wait for others any more. */
    void stopDelays() {
        delaysStopped = true;
        limits = limits.withoutDelay();
    }

    /** Whether something that arrives at an idle instance and an empty queue runs at once, by itself. */
    boolean runsAtOnce(int rows) {
        return limits.isEnough(Math.max(1, rows));
    }

    /** Rows that would go before another of this level. */
    long rowsAhead(int level) {
        return all.rowsUpTo(Waiting.rank(level, false));
    }

    /** When this is rejected because it still waits. */
    Deadline rejection(Waiting<T> waiting) {
        return limits.rejection(waiting);
    }

    /** Nanoseconds that the oldest has waited; 0 = nothing waits. */
    long longestWait(long now) {
        return isEmpty() ? 0 : now - all.oldest();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether something waits that may run only where there is room. */
    boolean hasBackground() {
        return size(BACKGROUND) > 0;
    }

    /** Rows of all that waits and may run at any time. */
    long rows() {
        return rowsAhead(BACKGROUND - 1);
    }

    int size() {
        return all.size();
    }
}
