package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.FailureReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests that did not succeed, by reason. Thread-safe. */
public final class RequestFailures {
    /** An adder for every reason; never changed. */
    private final Map<FailureReason, LongAdder> counts = new EnumMap<>(FailureReason.class);

    /** None so far. */
    public RequestFailures() {
        for (FailureReason reason : FailureReason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    /**
     * Counts one.
     *
     * @param hadBegun whether the request had an instance when it failed
     */
    public void count(ErrorCode code, boolean hadBegun) {
        Objects.requireNonNull(counts.get(FailureReason.of(code, hadBegun))).increment();
    }

    /** How many so far, for every reason. */
    public Map<FailureReason, Long> counts() {
        Map<FailureReason, Long> now = new EnumMap<>(FailureReason.class);
        counts.forEach((reason, count) -> now.put(reason, count.sum()));
        return now;
    }
}
