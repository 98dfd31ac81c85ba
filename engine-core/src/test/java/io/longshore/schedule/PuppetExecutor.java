package io.longshore.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Keeps tasks until a test has them run, on the test's thread. Thread-safe. */
public final class PuppetExecutor implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean closed;

    @Override
    public synchronized void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the executor is closed");
        }
        tasks.add(task);
    }

    /** Runs the task that waits longest; false if there is none. */
    public boolean runNext() {
        Runnable task;
        synchronized (this) {
            task = tasks.poll();
        }
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Runs tasks, those that they add included, until there are none. */
    public void runAll() {
        while (runNext()) {
            Thread.onSpinWait();
        }
    }

    /** Tasks that wait. */
    public synchronized int waiting() {
        return tasks.size();
    }

    /** Rejects everything from now on; what waits can still be run. */
    public synchronized void close() {
        closed = true;
    }
}
