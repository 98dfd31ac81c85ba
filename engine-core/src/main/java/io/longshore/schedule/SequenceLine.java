package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sequences of one correlation id that are not over, in the order in which they began: the first is being served, the
 * others follow it. So the requests of an id stay in order even where a client begins anew before the end. Not thread-safe.
 */
final class SequenceLine {
    private final CorrelationId id;
    private final Deque<LiveSequence> sequences = new ArrayDeque<>(2);
    private @Nullable SequencePlace place;
    private @Nullable Long readyNumber;
    private long idleSince;

    SequenceLine(CorrelationId id) {
        this.id = id;
    }

    CorrelationId id() {
        return id;
    }

    Deque<LiveSequence> sequences() {
        return sequences;
    }

    /** The sequence that is served; null where none is left. */
    @Nullable
    LiveSequence first() {
        return sequences.peekFirst();
    }

    /** Whether a request that begins nothing belongs to it. */
    boolean isOpen() {
        LiveSequence last = sequences.peekLast();
        return last != null && last.isOpen();
    }

    /** The instance that it is pinned to; null in the backlog. */
    @Nullable
    SequencePlace place() {
        return place;
    }

    void moveTo(@Nullable SequencePlace to) {
        unready();
        if (place != null) {
            place.lines().remove(this);
        }
        place = to;
        if (to != null) {
            to.lines().add(this);
        }
    }

    /** Lets its instance have its oldest request when that is the oldest of all. */
    void ready(long number) {
        if (readyNumber == null) {
            readyNumber = number;
            Objects.requireNonNull(place).ready().put(number, this);
        }
    }

    /** Takes {@link #ready} back. */
    void unready() {
        if (readyNumber != null) {
            Objects.requireNonNull(place).ready().remove(readyNumber);
            readyNumber = null;
        }
    }

    long idleSince() {
        return idleSince;
    }

    void idleFrom(long now) {
        idleSince = now;
    }
}
