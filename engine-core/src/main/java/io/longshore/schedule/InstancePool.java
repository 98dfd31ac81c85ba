package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one model version: {@code regular} of them may be lent at any time, all of them while runs are short.
 * The one used last is lent first, since its memory is still in the caches. Where they need something that models share, an
 * instance is lent only once it has that. Not thread-safe: its scheduler guards it.
 */
public final class InstancePool {
    private final Deque<PoolInstance> idle = new ArrayDeque<>();
    private final Permits permits;
    private final int regular;
    private final RunTimeMedian runTime = new RunTimeMedian();
    private final RunTimeTail tail = new RunTimeTail();
    private int alive;

    /**
     * @param instances at least one; the pool's owner closes them
     * @param regular instances that may be lent while runs are not short; at least 1
     */
    public InstancePool(Collection<BackendInstance> instances, int regular) {
        this(instances, regular, InstanceClaims.NONE);
    }

    /**
     * @param instances at least one; the pool's owner closes them
     * @param regular instances that may be lent while runs are not short; at least 1
     * @param claims what they take while they run, in their order
     */
    public InstancePool(Collection<BackendInstance> instances, int regular, InstanceClaims claims) {
        if (instances.isEmpty() || regular < 1) {
            throw new IllegalArgumentException("a model needs at least one instance, got " + instances.size()
                    + " of which " + regular + " are regular");
        }
        int number = 0;
        for (BackendInstance instance : instances) {
            idle.addLast(new PoolInstance(instance, claims.of(number++)));
        }
        this.permits = new Permits(claims.gate());
        this.regular = regular;
        this.alive = idle.size();
    }

    /** Has the executions of all instances watched. Before any is lent. */
    void watchedBy(StuckWatch watch) {
        idle.forEach(instance -> instance.watchedAt(watch.newPlace()));
    }

    /** Names what is called, without a lock, when an instance that waited may be lent. Before any is lent. */
    void onGrant(Runnable listener) {
        idle.forEach(instance -> instance.onGrant(listener));
    }

    /** Whether there is an instance to lend now, as far as is known without asking for what it needs. */
    boolean canLend() {
        return permits.hasGranted() || (!idle.isEmpty() && (lent() < regular || runTime.isShort()));
    }

    /** Whether so many that are stuck are all that could run anything: then whoever asks had better ask elsewhere. */
    boolean isExhaustedBy(int stuck) {
        return stuck > 0 && stuck >= lent() && !canLend() && permits.waiting() == 0;
    }

    /** Instances that may be lent at any time. */
    int regular() {
        return regular;
    }

    /** Whether a run would hold its caller's thread for long. */
    boolean isSlow() {
        return runTime.isLong();
    }

    /** Whether hardly a run would keep those waiting who wait for its caller's thread. */
    boolean isBrief() {
        return tail.isBrief();
    }

    /** Notes how long a run took, in nanoseconds. */
    void ran(long nanos) {
        runTime.add(nanos);
        tail.add(nanos);
    }

    /**
     * Lends an instance that may be lent; null if there is none, or what each needs is taken: then they wait for it, and
     * whoever {@link #onGrant} names is called.
     */
    @Nullable
    PoolInstance lease() {
        while (canLend()) {
            PoolInstance next = permits.pollGranted();
            if (next != null) {
                return next;
            }
            next = permits.nextTurn(idle);
            idle.remove(next);
            if (permits.tryTake(next)) {
                return next;
            }
        }
        return null;
    }

    /** Takes a lent instance back that has run. */
    void giveBack(PoolInstance instance) {
        permits.ran(instance);
        idle.addFirst(instance);
    }

    /** Takes a lent instance back for which there was nothing to run. */
    void giveBackUnused(PoolInstance instance) {
        permits.leave(instance);
        idle.addFirst(instance);
    }

    /** Lets others have what instances were granted, or wait for, that nobody needs now. */
    void relax() {
        idle.addAll(permits.leaveAll());
    }

    /** Notes which of those that waited have what they need. */
    void collectGranted() {
        permits.collectGranted();
    }

    /** Tells the instances of other models what was given back. Not under a lock. */
    void settle() {
        permits.settle();
    }

    /** Counts a lent instance as lost for good. */
    void lose(PoolInstance lost) {
        alive--;
        permits.unregister(List.of(lost));
    }

    /** Takes all instances out, none of which may be lent; they need nothing any more. */
    List<PoolInstance> drain() {
        relax();
        List<PoolInstance> drained = new ArrayList<>(idle);
        idle.clear();
        permits.unregister(drained);
        return drained;
    }

    /** Instances that are idle or lent. */
    int alive() {
        return alive;
    }

    /** Instances that are at work. */
    int lent() {
        return alive - idle.size() - permits.held();
    }
}
