package io.longshore.inference;

import java.time.Duration;

/** A point on a {@link Ticker}'s scale by which an answer is wanted. Immutable. */
public final class Deadline {
    /** No deadline. */
    public static final Deadline NONE = new Deadline(0, false);

    private final long nanos;
    private final boolean bounded;

    private Deadline(long nanos, boolean bounded) {
        this.nanos = nanos;
        this.bounded = bounded;
    }

    /** The deadline {@code timeout} from now; {@link #NONE} where the timeout is zero. */
    public static Deadline after(Duration timeout, Ticker ticker) {
        return timeout.isZero() ? NONE : at(ticker.nanos() + timeout.toNanos());
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
