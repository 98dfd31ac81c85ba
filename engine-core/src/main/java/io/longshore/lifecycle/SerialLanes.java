package io.longshore.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

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

    /** Done when all work submitted so far is done, whatever came of it. */
    CompletionStage<Void> settled() {
        return CompletableFuture.allOf(tails.values().toArray(CompletableFuture<?>[]::new));
    }

    private void start(String name, Work work, CompletableFuture<Void> done, CompletableFuture<Void> tail) {
        try {
            executor.execute(() -> {
                Throwable failure = run(work);
                // The next in line first: whoever waits for this work may wait for the next one too.
                advance(name, tail);
                end(done, failure);
            });
        } catch (RejectedExecutionException e) {
            advance(name, tail);
            done.completeExceptionally(e);
        }
    }

    private void advance(String name, CompletableFuture<Void> tail) {
        tails.remove(name, tail);
        tail.complete(null);
    }

    private static @Nullable Throwable run(Work work) {
        try {
            work.run();
            return null;
        } catch (Throwable e) {
            // Whatever a native runtime throws while it loads a model must not take the loading thread down.
            return e;
        }
    }

    private static void end(CompletableFuture<Void> done, @Nullable Throwable failure) {
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }
}
