package io.longshore.lifecycle;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelMetrics;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.schedule.ExecutionStatistics;
import io.longshore.schedule.RequestFailures;
import io.longshore.schedule.RequestPreparation;
import io.longshore.schedule.Scheduler;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A loaded version with its scheduler. It counts who uses it: once it drains, nobody new gets in, and the last one out
 * closes it. Thread-safe.
 */
final class ModelVersion {
    /** Added to the count of users while the version drains; far beyond any real count. */
    private static final long DRAINING = 1L << 40;

    private final ModelId id;
    private final ModelConfig config;
    private final long fingerprint;
    private final Scheduler scheduler;
    private final ExecutionStatistics statistics;
    private final Duration loadTime;
    private final RequestPreparation preparation;
    private final Runnable unload;
    private final Executor closer;
    private final AtomicLong users = new AtomicLong();
    private final AtomicLong keepers = new AtomicLong();
    private final CompletableFuture<Void> unloaded = new CompletableFuture<>();
    /** Who waits for the unload for as long as nothing is stuck. */
    private final Queue<CompletableFuture<Void>> waitingForUnload = new ConcurrentLinkedQueue<>();

    private volatile Runnable onTrouble = () -> {};

    /**
     * @param fingerprint of the files it was loaded from
     * @param statistics what the scheduler counts
     * @param loadTime how long loading took
     * @param unload closes scheduler and weights and books their memory back; run once
     * @param closer runs {@code unload}, which may take long
     */
    ModelVersion(
            ModelId id,
            ModelConfig config,
            long fingerprint,
            Scheduler scheduler,
            ExecutionStatistics statistics,
            Duration loadTime,
            Runnable unload,
            Executor closer) {
        this.id = id;
        this.config = config;
        this.fingerprint = fingerprint;
        this.scheduler = scheduler;
        this.statistics = statistics;
        this.loadTime = loadTime;
        this.preparation = new RequestPreparation(config);
        this.unload = unload;
        this.closer = closer;
        scheduler.onTrouble(this::troubled);
    }

    ModelId id() {
        return id;
    }

    ModelConfig config() {
        return config;
    }

    long fingerprint() {
        return fingerprint;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Why the version cannot serve every request as it should; empty where it can. */
    String trouble() {
        String broken = scheduler.brokenBecause();
        return broken.isEmpty() ? scheduler.stuckBecause() : broken;
    }

    /** Has a listener called after each change of {@link #trouble}; at once where there is some. */
    void onTrouble(Runnable listener) {
        onTrouble = listener;
        if (!trouble().isEmpty()) {
            listener.run();
        }
    }

    RequestPreparation preparation() {
        return preparation;
    }

    /** Counts requests that do not succeed. */
    RequestFailures failures() {
        return statistics.failures();
    }

    /** What monitoring is told. */
    ModelMetrics metrics() {
        return new ModelMetrics(
                config,
                scheduler.statistics(id),
                statistics.failures().counts(),
                statistics.latencies(),
                scheduler.waiting(),
                Math.max(0, users.get() % DRAINING - keepers.get()),
                loadTime,
                scheduler.learned());
    }

    /** Lets one more user in; false while the version drains or is gone. */
    boolean tryEnter() {
        return users.getAndUpdate(count -> count < DRAINING ? count + 1 : count) < DRAINING;
    }

    /** Lets one more user in, also while the version drains, as long as somebody uses it. */
    boolean tryEnterAgain() {
        return users.getAndUpdate(count -> count == DRAINING ? count : count + 1) != DRAINING;
    }

    /** Counts users more, or fewer, that are in and are no requests. */
    void countKeepers(int change) {
        keepers.addAndGet(change);
    }

    /** Lets one user out. */
    void leave() {
        if (users.decrementAndGet() == DRAINING) {
            close();
        }
    }

    /**
     * Lets nobody in any more.
     *
     * @return done when the last user has left and the memory is given back; the same stage at every call
     */
    CompletionStage<Void> drain() {
        if (users.getAndUpdate(count -> count < DRAINING ? count + DRAINING : count) == 0) {
            close();
        }
        return unloaded;
    }

    /**
     * Lets nobody in any more, and waits no longer than there is hope.
     *
     * @return done as {@link #drain} is; fails as soon as an instance is stuck, which then goes on draining
     */
    CompletionStage<Void> drainUnlessStuck() {
        CompletableFuture<Void> hopeful = drain().toCompletableFuture().copy();
        waitingForUnload.add(hopeful);
        failIfStuck();
        return hopeful;
    }

    private void troubled() {
        failIfStuck();
        onTrouble.run();
    }

    private void failIfStuck() {
        String stuck = scheduler.stuckBecause();
        if (!stuck.isEmpty()) {
            InferenceException failure = new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "model '" + id.name() + "' takes no requests any more, and is unloaded when its last execution is"
                            + " over: " + stuck);
            waitingForUnload.forEach(each -> each.completeExceptionally(failure));
        }
    }

    private void close() {
        try {
            closer.execute(this::unloadNow);
        } catch (RejectedExecutionException e) {
            unloadNow();
        }
    }

    private void unloadNow() {
        try {
            unload.run();
            unloaded.complete(null);
        } catch (Throwable e) {
            // Native code may throw anything; whoever waits for the unload must hear of it.
            unloaded.completeExceptionally(e);
        }
    }
}
