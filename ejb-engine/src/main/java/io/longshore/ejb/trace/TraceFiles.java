package io.longshore.ejb.trace;

import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceOutputs;
import io.longshore.trace.TraceSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes traces to files, on one thread, which there is while there is something to write. Traces that come faster than they
 * can be written are dropped and counted: a trace is no reason for a request to wait. Thread-safe.
 */
public final class TraceFiles implements TraceOutputs, AutoCloseable {
    private static final Logger LOG = System.getLogger(TraceFiles.class.getName());
    private static final int MOST_WAITING = 1024;
    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 5;

    private final ThreadPoolExecutor writer;
    private final AtomicLong dropped = new AtomicLong();
    /** By their paths; the writer's own. */
    private final Map<String, TraceFile> files = new HashMap<>();

    /** @param threads gives the thread that writes */
    public TraceFiles(ThreadFactory threads) {
        writer = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("longshore-trace");
                    return thread;
                });
        writer.allowCoreThreadTimeOut(true);
    }

    @Override
    public TraceOutput open(TraceSettings settings) {
        return new FileOutput(this, settings);
    }

    /** Runs something on the writer's thread; what does not fit is dropped and told. */
    void run(Runnable action) {
        try {
            writer.execute(action);
        } catch (RejectedExecutionException e) {
            if (writer.isShutdown()) {
                return;
            }
            long count = dropped.incrementAndGet();
            if (Long.bitCount(count) == 1) {
                LOG.log(
                        Level.WARNING,
                        "traces are lost because they come faster than they are written: {0} so far",
                        Long.toString(count));
            }
        }
    }

    /** Whether nothing else waits to be written. */
    boolean isIdle() {
        return writer.getQueue().isEmpty();
    }

    /** The file at a path; on the writer's thread. */
    TraceFile file(String path) {
        return files.computeIfAbsent(path, key -> new TraceFile(Path.of(key)));
    }

    /** Writes what is left. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "not all traces could be written in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.log(Level.WARNING, "the writing of traces was interrupted", e);
        }
        files.values().forEach(TraceFiles::close);
    }

    private static void close(TraceFile file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the trace file " + file.path() + " could not be closed", e);
        }
    }
}
