package io.longshore.inference;

import java.time.Duration;

/** A point on a {@link Ticker}'s scale by which an answer is wanted. Immutable. */
public final class Deadline {
    /** No deadline. */
    public static final Deadline NONE = new Deadline(0, false);

    /** Longer timeouts, beyond some 73 years, count as this: sums and differences of nanoseconds then stay in range. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final long nanos;
    private final boolean bounded;

    private Deadline(long nanos, boolean bounded) {
        this.nanos = nanos;
        this.bounded = bounded;
    }

    /**
     * The deadline {@code timeout} from now, however long that is; {@link #NONE} where the timeout is zero, and a deadline
     * that has come where it is negative.
     */
    public static Deadline after(Duration timeout, Ticker ticker) {
        return timeout.isZero() ? NONE : at(ticker.nanos() + boundedNanos(timeout));
    }

    private static long boundedNanos(Duration timeout) {
        if (timeout.isNegative()) {
            return 0;
        }
        return timeout.compareTo(LONGEST) < 0 ? timeout.toNanos() : LONGEST.toNanos();
    }

    /** The deadline at {@code nanos} on the ticker's scale. */
    public static Deadline at(long nanos) {
        return new Deadline(nanos, true);
    }

    /** Whether there is a deadline at all. */
    public boolean isBounded() {
        return bounded;
    }

    /** The point in time; meaningless unless {@link #isBounded()}. */
    public long nanos() {
        return nanos;
    }

    /** Whether the time has come. */
    public boolean isExpired(long now) {
        return bounded && nanos - now <= 0;
    }

    /** The earlier of two deadlines. */
    public Deadline earliest(Deadline other) {
        if (!bounded) {
            return other;
        }
        return !other.bounded || nanos - other.nanos <= 0 ? this : other;
    }

    @Override
    public String toString() {
        return bounded ? "Deadline[" + nanos + "]" : "Deadline[none]";
    }
}
