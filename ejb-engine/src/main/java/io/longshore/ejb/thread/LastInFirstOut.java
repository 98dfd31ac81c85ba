package io.longshore.ejb.thread;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The queue of an {@link ElasticPool}: {@link #offer} takes a task only if a thread waits for one, and gives it to the one
 * that has waited least; what {@link #put} adds is taken in turn. Thread-safe.
 */
final class LastInFirstOut extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    /** Guarded by itself, as are their tasks. */
    private final transient Deque<Waiter> idle = new ArrayDeque<>();

    /** A thread without work. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private @Nullable Runnable task;
    }

    @Override
    public boolean offer(Runnable task) {
        return handOver(task, false);
    }

    @Override
    public void put(Runnable task) {
        handOver(task, true);
    }

    private boolean handOver(Runnable task, boolean queueOtherwise) {
        Waiter waiter;
        synchronized (idle) {
            waiter = idle.pollFirst();
            if (waiter == null) {
                return queueOtherwise && super.offer(task);
            }
            waiter.task = task;
        }
        LockSupport.unpark(waiter.thread);
        return true;
    }

    @Override
    public Runnable take() throws InterruptedException {
        Runnable task = null;
        while (task == null) {
            task = poll(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }
        return task;
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
        Waiter self = new Waiter();
        synchronized (idle) {
            Runnable queued = super.poll();
            if (queued != null) {
                return queued;
            }
            idle.addFirst(self);
        }
        long rest = unit.toNanos(timeout);
        long begun = System.nanoTime();
        while (rest > 0 && !hasTask(self) && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, rest);
            rest = unit.toNanos(timeout) - (System.nanoTime() - begun);
        }
        return leave(self);
    }

    private boolean hasTask(Waiter waiter) {
        synchronized (idle) {
            return waiter.task != null;
        }
    }

    /** Ends a wait: a task that came with the interrupt or the timeout is not lost. */
    private @Nullable Runnable leave(Waiter self) throws InterruptedException {
        synchronized (idle) {
            if (self.task != null) {
                return self.task;
            }
            idle.remove(self);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return null;
    }
}
