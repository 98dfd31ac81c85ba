package io.longshore.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what was accepted and is not over, requests and sequences, and lets no more in once it is closed. Thread-safe.
 */
final class InFlight {
    /** Added to the count once closed; far beyond any real count. */
    private static final long CLOSED = 1L << 40;

    private final AtomicLong count = new AtomicLong();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();

    /** Counts one more; false once closed. */
    boolean tryEnter() {
        return count.getAndUpdate(now -> now < CLOSED ? now + 1 : now) < CLOSED;
    }

    /** Counts one more that belongs to a request counted already, so that it is let in even when closed. */
    void enterNested() {
        count.incrementAndGet();
    }

    /** Counts one more that belongs to a sequence; false once closed and empty, when there is none any more. */
    boolean tryEnterAgain() {
        return count.getAndUpdate(now -> now == CLOSED ? now : now + 1) != CLOSED;
    }

    /** Counts one less. */
    void leave() {
        if (count.decrementAndGet() == CLOSED) {
            empty.complete(null);
        }
    }

    /**
     * Lets no more in.
     *
     * @return done when the last one has left
     */
    CompletionStage<Void> close() {
        if (count.getAndUpdate(now -> now < CLOSED ? now + CLOSED : now) == 0) {
            empty.complete(null);
        }
        return empty;
    }

    /** What is counted now. */
    long current() {
        return count.get() % CLOSED;
    }
}
