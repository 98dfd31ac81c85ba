package io.longshore.ejb.thread;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A delayer on one thread, by the clock of the JVM. What has not run when it is closed never runs. Thread-safe. */
final class ScheduledDelayer implements Delayer {
    private final ScheduledThreadPoolExecutor timer;

    ScheduledDelayer(ThreadFactory threads) {
        timer = new ScheduledThreadPoolExecutor(1, threads, new ThreadPoolExecutor.DiscardPolicy());
        // Most deadlines are withdrawn long before they come; keeping them until then would keep their requests.
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Runnable schedule(Runnable action, long nanos) {
        long delay = Math.max(0, nanos - Ticker.SYSTEM.nanos());
        ScheduledFuture<?> scheduled = timer.schedule(action, delay, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }
}
