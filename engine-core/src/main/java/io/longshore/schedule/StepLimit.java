package io.longshore.schedule;

import io.longshore.inference.CallerThread;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the requests that are at one step of an ensemble at once, over all requests to the ensemble; the others wait in the
 * order in which they came, without a thread. Thread-safe; no entrant is started under the lock.
 */
final class StepLimit {
    private final long most;
    private final Set<Entrant> waiting = new LinkedHashSet<>();
    private final Outbox outbox = new Outbox();
    private long inside;

    /** @param most how many may be inside; 0 = any number */
    StepLimit(long most) {
        this.most = most;
    }

    /** What has to enter before it may start. */
    @FunctionalInterface
    interface Entrant {
        /**
         * Starts, and calls {@link #leave} once it is over.
         *
         * @param caller what the calling thread may be used for
         */
        void start(CallerThread caller);
    }

    /** Starts the entrant, now or when it is its turn; then another thread may do so, and no model runs inside that call. */
    void enter(Entrant entrant, CallerThread caller) {
        synchronized (this) {
            if (most > 0 && inside >= most) {
                waiting.add(entrant);
                return;
            }
            inside++;
        }
        entrant.start(caller);
    }

    /** Takes an entrant out that waits; false if it does not wait. */
    synchronized boolean forget(Entrant entrant) {
        return waiting.remove(entrant);
    }

    /** Lets one out and the next in. */
    void leave() {
        Entrant next = leaveAndPoll();
        if (next == null) {
            return;
        }
        // One thread starts them all: each that is refused at once leaves again, and would nest deeper and deeper.
        Runnable start = () -> next.start(CallerThread.NEVER);
        boolean mustRun;
        synchronized (this) {
            mustRun = outbox.add(start);
        }
        for (Runnable now = mustRun ? start : null; now != null; now = nextStart()) {
            now.run();
        }
    }

    private synchronized @Nullable Entrant leaveAndPoll() {
        var each = waiting.iterator();
        if (!each.hasNext()) {
            inside--;
            return null;
        }
        Entrant next = each.next();
        each.remove();
        return next;
    }

    private synchronized @Nullable Runnable nextStart() {
        return outbox.next();
    }

    /** How many wait now. */
    synchronized int waiting() {
        return waiting.size();
    }
}
