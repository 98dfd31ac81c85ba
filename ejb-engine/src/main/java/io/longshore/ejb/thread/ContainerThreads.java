package io.longshore.ejb.thread;

import io.longshore.inference.Delayer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * All threads that the engine has of its own: {@code longshore-run-*} run models, {@code longshore-load-*} load them,
 * {@code longshore-timer-1} keeps deadlines. Thread-safe.
 */
public final class ContainerThreads implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContainerThreads.class.getName());
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

    private final ExecutorService executor;
    private final ExecutorService loader;
    private final ScheduledDelayer delayer;

    /**
     * @param source gives the threads; in a container its managed factory, so that they carry the application's context
     * @param executionThreads threads that run models, at most
     * @param loadThreads models loaded at once, at most
     */
    public ContainerThreads(ThreadFactory source, int executionThreads, int loadThreads) {
        executor = ElasticPool.create(executionThreads, new NamedThreads(source, "longshore-run-"));
        loader = Executors.newFixedThreadPool(loadThreads, new NamedThreads(source, "longshore-load-"));
        delayer = new ScheduledDelayer(new NamedThreads(source, "longshore-timer-"));
    }

    /** Runs models; rejects what comes after the close. */
    public Executor executor() {
        return executor;
    }

    /** Loads and unloads models; rejects what comes after the close. */
    public Executor loader() {
        return loader;
    }

    /** Keeps deadlines. */
    public Delayer delayer() {
        return delayer;
    }

    /** Ends all threads, at the latest by interrupting what they do; a thread that ignores that is logged. */
    @Override
    public void close() {
        List<ExecutorService> pools = List.of(loader, executor, delayer.timer());
        pools.forEach(ExecutorService::shutdown);
        for (ExecutorService pool : pools) {
            if (!ends(pool)) {
                pool.shutdownNow();
                if (!ends(pool)) {
                    LOG.log(Level.WARNING, "threads still work although the server has stopped: {0}", pool);
                }
            }
        }
    }

    private static boolean ends(ExecutorService pool) {
        try {
            return pool.awaitTermination(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
