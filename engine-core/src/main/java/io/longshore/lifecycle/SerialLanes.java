package io.longshore.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs what concerns one name one after the other, in the order of arrival, and different names side by side. */
final class SerialLanes {
    private final ConcurrentHashMap<String, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();
    private final Executor executor;

    SerialLanes(Executor executor) {
        this.executor = executor;
    }

    /** Work that may fail. */
    @FunctionalInterface
    interface Work {
        /** Does the work, waiting where it must. */
        void run() throws Exception;
    }

    /**
     * Runs {@code work} after everything submitted for {@code name} before it.
     *
     * @return done when the work is, or its exception
     */
    CompletionStage<Void> submit(String name, Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> tail = new CompletableFuture<>();
        CompletableFuture<Void> before = tails.put(name, tail);
        CompletionStage<Void> begin = before == null ? CompletableFuture.completedStage(null) : before;
        begin.whenComplete((nothing, never) -> start(name, work, done, tail));
        return done;
    }

    private void start(String name, Work work, CompletableFuture<Void> done, CompletableFuture<Void> tail) {
        try {
            executor.execute(() -> {
                run(work, done);
                advance(name, tail);
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
            advance(name, tail);
        }
    }

    private void advance(String name, CompletableFuture<Void> tail) {
        tails.remove(name, tail);
        tail.complete(null);
    }

    private static void run(Work work, CompletableFuture<Void> done) {
        try {
            work.run();
            done.complete(null);
        } catch (Throwable e) {
            // Whatever a native runtime throws while it loads a model must not take the loading thread down.
            done.completeExceptionally(e);
        }
    }
}
