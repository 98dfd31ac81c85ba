package io.longshore.schedule;

import io.longshore.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sequence from its first request to its end. Not thread-safe: it belongs to the {@link SequenceSlots} it stands in. Its
 * hold keeps the version that it began on.
 */
final class LiveSequence {
    private final SequenceLine line;
    private final RequestHold hold;
    private final Deque<SequenceStep> waiting = new ArrayDeque<>();
    private @Nullable SequenceStep running;
    private boolean begun;
    private boolean open = true;
    private List<Tensor> states = List.of();

    LiveSequence(SequenceLine line, RequestHold hold) {
        this.line = line;
        this.hold = hold;
    }

    SequenceLine line() {
        return line;
    }

    /** Requests that wait, oldest first. */
    Deque<SequenceStep> waiting() {
        return waiting;
    }

    boolean isRunning() {
        return running != null;
    }

    /** Takes out the request that is to run now. */
    SequenceStep begin() {
        begun = true;
        running = waiting.remove();
        return running;
    }

    void stepOver() {
        running = null;
    }

    /** Whether a request of it has had an instance. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether further requests may join. */
    boolean isOpen() {
        return open;
    }

    /** Lets no further request join. */
    void close() {
        open = false;
    }

    /** Whether nothing of it runs or waits, and nothing can join. */
    boolean isOver() {
        return !open && running == null && waiting.isEmpty();
    }

    /** Puts the states for its next request in the place of those there are; ownership moves. */
    void keep(List<Tensor> next) {
        states = next;
    }

    /** The states for its next request, which now belong to the caller; empty before the first has run. */
    List<Tensor> takeStates() {
        List<Tensor> taken = states;
        states = List.of();
        return taken;
    }

    /** Gives back all that it holds. To be called once, when it is over, and not under a lock. */
    void release() {
        takeStates().forEach(Tensor::release);
        hold.end();
    }
}
