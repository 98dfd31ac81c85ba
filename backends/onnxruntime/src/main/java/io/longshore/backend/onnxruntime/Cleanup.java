package io.longshore.backend.onnxruntime;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is to be undone at the end, last first. Not thread-safe. */
final class Cleanup implements AutoCloseable {
    private final Deque<Runnable> actions = new ArrayDeque<>();

    /** Runs {@code action} at the end, before those added earlier. */
    void add(Runnable action) {
        actions.push(action);
    }

    /** Forgets every action, because somebody else has taken over what they undo. */
    void dismiss() {
        actions.clear();
    }

    @Override
    public void close() {
        while (!actions.isEmpty()) {
            actions.pop().run();
        }
    }
}
