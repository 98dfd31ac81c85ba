package io.longshore.ejb.thread;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A pool that hands a task to an idle thread, else starts a thread up to a bound, and only then queues.
 *
 * <p>A {@link ThreadPoolExecutor} by itself does it the other way round: with a queue that takes everything it never has
 * more than its core threads, and one model that waits would hold them all. The queue needs no bound of its own, because
 * each task holds an instance of a model, and instances are counted.
 *
 * <p>The thread that became idle last works first: native runtimes keep scratch memory for each thread, and a few threads'
 * stays in the caches where that of many does not.
 */
final class ElasticPool {
    private static final long IDLE_SECONDS = 60;

    private ElasticPool() {}

    /** A pool of at most {@code maxThreads} threads, which end after a minute without work. */
    static ThreadPoolExecutor create(int maxThreads, ThreadFactory threads) {
        LastInFirstOut queue = new LastInFirstOut();
        return new ThreadPoolExecutor(0, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, queue, threads, (task, pool) -> {
            if (pool.isShutdown()) {
                throw new RejectedExecutionException("the server is stopping");
            }
            queue.put(task);
        });
    }
}
