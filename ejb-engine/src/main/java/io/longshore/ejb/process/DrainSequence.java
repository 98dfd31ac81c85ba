package io.longshore.ejb.process;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of serving in its order: not ready, a grace period in which load balancers notice that, no new requests, and
 * time for the accepted ones to end. It happens once. Thread-safe; never waits.
 */
public final class DrainSequence {
    private final Drainable server;
    private final Delayer delayer;
    private final Ticker ticker;
    private final Duration exitTimeout;
    private final AtomicBoolean announced = new AtomicBoolean();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** How it ended. */
    public enum Outcome {
        /** Every accepted request is over. */
        DRAINED,
        /** The time was up before. */
        TIMED_OUT
    }

    /**
     * @param delayer measures grace and timeout, on the scale of {@code ticker}
     * @param exitTimeout how long the accepted requests have, once no new ones are
     */
    public DrainSequence(Drainable server, Delayer delayer, Ticker ticker, Duration exitTimeout) {
        this.server = server;
        this.delayer = delayer;
        this.ticker = ticker;
        this.exitTimeout = exitTimeout;
    }

    /**
     * Begins; where it has begun already, a shorter grace takes effect and a longer one does not.
     *
     * @param grace time between "not ready" and the first refused request
     * @return its outcome
     */
    public CompletionStage<Outcome> begin(Duration grace) {
        if (announced.compareAndSet(false, true)) {
            server.announceEnd();
        }
        if (grace.isZero()) {
            refuse();
        } else {
            after(grace, this::refuse);
        }
        return outcome.copy();
    }

    private void refuse() {
        if (!refusing.compareAndSet(false, true)) {
            return;
        }
        CompletionStage<Void> drained = server.drain();
        Runnable cancelTimeout = after(exitTimeout, () -> outcome.complete(Outcome.TIMED_OUT));
        drained.whenComplete((nothing, failure) -> {
            cancelTimeout.run();
            if (failure == null) {
                outcome.complete(Outcome.DRAINED);
            } else {
                outcome.completeExceptionally(failure);
            }
        });
    }

    private Runnable after(Duration time, Runnable action) {
        return delayer.schedule(action, ticker.nanos() + time.toNanos());
    }
}
