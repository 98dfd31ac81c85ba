package io.longshore.ejb.trace;

import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceOutputs;
import io.longshore.trace.TraceSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes traces to files, on one thread, which there is while there is something to write. It takes what has come every few
 * milliseconds rather than wake up for each trace. Traces that come faster than they can be written are dropped and counted: a
 * trace is no reason for a request to wait. Thread-safe.
 */
public final class TraceFiles implements TraceOutputs, AutoCloseable {
    private static final Logger LOG = System.getLogger(TraceFiles.class.getName());
    /** Characters of all traces that wait, each counted as its text and {@link #OF_A_TRACE} more. */
    private static final int MOST_WAITING = 32 << 20;

    private static final long OF_A_TRACE = 4096;
    private static final int INTERVAL_MILLIS = 20;
    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor writer;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingCharacters = new AtomicLong();
    private final AtomicBoolean isAwaited = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    /** By their paths; the writer's own. */
    private final Map<String, TraceFile> files = new HashMap<>();
    /** Those that have something to write as soon as nothing else waits; the writer's own. */
    private final Set<FileOutput> unwritten = new LinkedHashSet<>();

    /** @param threads gives the thread that writes */
    public TraceFiles(ThreadFactory threads) {
        writer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = threads.newThread(task);
            thread.setName("longshore-trace");
            return thread;
        });
        writer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        writer.allowCoreThreadTimeOut(true);
    }

    @Override
    public TraceOutput open(TraceSettings settings) {
        return new FileOutput(this, settings);
    }

    /** Hands a trace to its output on the writer's thread, soon; or drops it, which the log tells. */
    void write(FileOutput output, RequestTrace root) {
        long characters = OF_A_TRACE + root.characters();
        if (waitingCharacters.addAndGet(characters) > MOST_WAITING) {
            waitingCharacters.addAndGet(-characters);
            drop();
            return;
        }
        run(() -> {
            waitingCharacters.addAndGet(-characters);
            output.gather(root);
        });
    }

    /** Runs something on the writer's thread, soon. */
    void run(Runnable action) {
        waiting.add(action);
        if (isAwaited.compareAndSet(false, true)) {
            runSoon();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What waits tells its failures itself.
    private void runSoon() {
        try {
            writer.schedule(this::runWaiting, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RuntimeException | Error e) {
            // The server ends, or has no thread left for this; the next trace asks again.
            isAwaited.set(false);
            LOG.log(Level.DEBUG, "traces are not written now", e);
        }
    }

    private void runWaiting() {
        isAwaited.set(false);
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            runGuarded(next);
        }
        unwritten.forEach(output -> runGuarded(output::write));
        unwritten.clear();
    }

    private static void runGuarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a trace could not be written", e);
        }
    }

    /** Has an output written when nothing else waits; on the writer's thread. */
    void writeWhenIdle(FileOutput output) {
        unwritten.add(output);
    }

    private void drop() {
        long lost = dropped.incrementAndGet();
        if (Long.bitCount(lost) == 1) {
            LOG.log(
                    Level.WARNING,
                    "traces are lost because they come faster than they are written: {0} so far",
                    Long.toString(lost));
        }
    }

    /** The file at a path; on the writer's thread. */
    TraceFile file(String path) {
        return files.computeIfAbsent(path, key -> new TraceFile(Path.of(key)));
    }

    /** Writes what is left. */
    @Override
    public void close() {
        if (!writer.isShutdown()) {
            writer.execute(this::runWaiting);
            writer.shutdown();
        }
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
