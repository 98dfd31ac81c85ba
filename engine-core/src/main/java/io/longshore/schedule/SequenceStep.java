package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import org.jspecify.annotations.Nullable;

/** One request of a sequence. What changes belongs to the {@link SequenceSlots} that it was offered to. */
final class SequenceStep {
    private final PendingRequest request;
    private final CorrelationId id;
    private final boolean start;
    private final boolean end;
    private @Nullable LiveSequence sequence;
    private long number;

    SequenceStep(PendingRequest request, CorrelationId id, boolean start, boolean end) {
        this.request = request;
        this.id = id;
        this.start = start;
        this.end = end;
    }

    PendingRequest request() {
        return request;
    }

    CorrelationId id() {
        return id;
    }

    /** Whether it begins a sequence. */
    boolean isStart() {
        return start;
    }

    /** Whether its sequence ends with it. */
    boolean isEnd() {
        return end;
    }

    /** The sequence it was taken into; null before. */
    @Nullable
    LiveSequence sequence() {
        return sequence;
    }

    /** Its place in the order of arrival. */
    long number() {
        return number;
    }

    void joined(LiveSequence joined, long arrivalNumber) {
        sequence = joined;
        number = arrivalNumber;
    }
}
