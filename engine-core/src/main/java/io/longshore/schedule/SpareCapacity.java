package io.longshore.schedule;

import io.longshore.inference.RequestClass;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many executions are under way over all models, and whether there is room for one of the background: that begins only while
 * fewer are under way than the machine has processors. All others ask nobody and cost two increments. Models with background work
 * that found no room get it in the order in which they asked, one execution each. Thread-safe.
 *
 * <p>A scheduler asks under its own lock; whoever is granted something later is told by {@link #settle}, which is called without a
 * lock after each change.
 */
public final class SpareCapacity {
    private final int processors;
    /** Grants that were not used yet count too. */
    private final AtomicInteger underWay = new AtomicInteger();

    private final Set<CapacityShare> waiting = new LinkedHashSet<>();
    /** Whether the end of an execution concerns anybody. Written under the lock. */
    private volatile boolean awaited;

    private final GrantTeller<CapacityShare> teller = new GrantTeller<>(this::grantNext, CapacityShare::tell);

    /** @param processors executions that keep the machine busy; at least 1 */
    public SpareCapacity(int processors) {
        if (processors < 1) {
            throw new IllegalArgumentException("a machine has at least one processor, got " + processors);
        }
        this.processors = processors;
    }

    /** Capacity that never ends, for schedulers that share it with nobody. */
    static SpareCapacity unlimited() {
        return new SpareCapacity(Integer.MAX_VALUE);
    }

    /** Notes that an execution of such requests begins that needs no room. */
    void begin(RequestClass kind) {
        if (kind != RequestClass.NESTED) {
            underWay.incrementAndGet();
        }
    }

    /** Notes that an execution of such requests is over. To be settled. */
    void end(RequestClass kind) {
        if (kind != RequestClass.NESTED) {
            underWay.decrementAndGet();
        }
    }

    /** Begins an execution of the background if there is room and it is this model's turn; else the model waits. To be settled. */
    synchronized boolean tryBegin(CapacityShare share) {
        if (share.isGranted()) {
            share.granted(false);
            return true;
        }
        boolean begins = waiting.isEmpty() && hasBegun();
        if (!begins) {
            // Whoever asked settles next: either that sees what has ended meanwhile, or its end sees that it is
            // awaited.
            waiting.add(share);
            awaited = true;
        }
        return begins;
    }

    private boolean hasBegun() {
        if (underWay.get() >= processors) {
            return false;
        }
        underWay.incrementAndGet();
        return true;
    }

    /** Takes back what a model was granted and did not use, if anything. To be settled. */
    synchronized void relax(CapacityShare share) {
        if (share.isGranted()) {
            share.granted(false);
            underWay.decrementAndGet();
        }
    }

    /** Has a model neither wait nor have been granted anything. To be settled. */
    synchronized void forget(CapacityShare share) {
        waiting.remove(share);
        awaited = !waiting.isEmpty();
        relax(share);
    }

    /** Tells the models that wait and for which there is room. Not under a lock; at once, unless another thread is at it. */
    void settle() {
        if (awaited) {
            teller.settle();
        }
    }

    private synchronized @Nullable CapacityShare grantNext() {
        CapacityShare next = null;
        if (!waiting.isEmpty() && hasBegun()) {
            next = waiting.iterator().next();
            waiting.remove(next);
            next.granted(true);
        }
        awaited = !waiting.isEmpty();
        return next;
    }

    /** Executions that are under way, or have been granted, at this moment. */
    int underWay() {
        return underWay.get();
    }
}
