package io.longshore.schedule;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the executor's threads at work. The assignment that its instance gets next it carries out itself, once the answer
 * before has been told: a hop to another thread would cost more, and a large answer is not written on this thread.
 */
final class Turn<A> implements Runnable {
    private final BiConsumer<A, Turn<A>> work;
    private @Nullable A next;
    /** Only the thread that has set it can find itself in it, so no other needs to see it in time. */
    private @Nullable Thread thread;

    /** @param work carries an assignment out, and meanwhile may offer the next to the turn */
    Turn(A first, BiConsumer<A, Turn<A>> work) {
        this.next = first;
        this.work = work;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        for (A now = next; now != null; now = next) {
            next = null;
            work.accept(now, this);
        }
        thread = null;
    }

    /** Takes an assignment if this thread is the one at work, and has none yet. */
    boolean takes(A assignment) {
        if (thread != Thread.currentThread() || next != null) {
            return false;
        }
        next = assignment;
        return true;
    }
}
