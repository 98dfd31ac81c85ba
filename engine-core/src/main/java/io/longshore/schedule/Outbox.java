package io.longshore.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls in order without a lock being held while they run: one thread at a time carries calls out, and what others
 * add meanwhile is carried out by that thread. Not thread-safe: whoever owns it guards it.
 */
final class Outbox {
    private boolean busy;
    private @Nullable Deque<Runnable> waiting;

    /**
     * Adds a call behind all others.
     *
     * @return whether the calling thread now has to run it, and then whatever {@link #next} gives, outside its lock
     */
    boolean add(Runnable call) {
        if (!busy) {
            busy = true;
            return true;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waiting.add(call);
        return false;
    }

    /** The call to run next; null = there is none, and the thread's duty has ended. */
    @Nullable
    Runnable next() {
        Runnable next = waiting == null ? null : waiting.poll();
        busy = next != null;
        return next;
    }
}
