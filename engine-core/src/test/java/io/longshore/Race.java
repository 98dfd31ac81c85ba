package io.longshore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

/** Lets threads run into each other. */
public final class Race {
    private static final int PATIENCE_SECONDS = 60;

    private Race() {}

    /** Runs all of them at once, each on a thread of its own; fails the test where one fails or does not end. */
    public static void of(Runnable... runners) {
        CyclicBarrier start = new CyclicBarrier(runners.length);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (Runnable runner : runners) {
            Thread thread = new Thread(() -> {
                try {
                    start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    runner.run();
                } catch (Throwable e) {
                    failures.add(e);
                }
            });
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            join(thread);
        }
        assertThat(failures).isEmpty();
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(thread.isAlive()).as("a runner hangs").isFalse();
    }
}
