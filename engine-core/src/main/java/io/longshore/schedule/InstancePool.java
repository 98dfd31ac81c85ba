package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one model version: {@code regular} of them may be lent at any time, all of them while runs are short.
 * The one used last is lent first, since its memory is still in the caches. Not thread-safe: its scheduler guards it.
 */
public final class InstancePool {
    private final Deque<PoolInstance> idle = new ArrayDeque<>();
    private final int regular;
    private final RunTimeMedian runTime = new RunTimeMedian();
    private int alive;

    /**
     * @param instances at least one; the pool's owner closes them
     * @param regular instances that may be lent while runs are not short; at least 1
     */
    public InstancePool(Collection<BackendInstance> instances, int regular) {
        if (instances.isEmpty() || regular < 1) {
            throw new IllegalArgumentException("a model needs at least one instance, got " + instances.size()
                    + " of which " + regular + " are regular");
        }
        instances.forEach(instance -> idle.addLast(new PoolInstance(instance)));
        this.regular = regular;
        this.alive = idle.size();
    }

    /** Has the executions of all instances watched. Before any is lent. */
    void watchedBy(StuckWatch watch) {
        idle.forEach(instance -> instance.watchedAt(watch.newPlace()));
    }

    /** Whether there is an instance to lend now. */
    boolean canLend() {
        return !idle.isEmpty() && (lent() < regular || runTime.isShort());
    }

    /** Instances that may be lent at any time. */
    int regular() {
        return regular;
    }

    /** Whether a run would hold its caller's thread for long. */
    boolean isSlow() {
        return runTime.isLong();
    }

    /** Notes how long a run took, in nanoseconds. */
    void ran(long nanos) {
        runTime.add(nanos);
    }

    /** Lends an instance whether there should be one to lend or not, or null if none is idle. */
    @Nullable
    PoolInstance lease() {
        return idle.pollFirst();
    }

    /** Takes a lent instance back. */
    void giveBack(PoolInstance instance) {
        idle.addFirst(instance);
    }

    /** Counts a lent instance as lost for good. */
    void lose() {
        alive--;
    }

    /** Instances that are idle or lent. */
    int alive() {
        return alive;
    }

    /** Instances that are at work. */
    int lent() {
        return alive - idle.size();
    }
}
