package io.longshore.inference;

/** Runs something at a time of a {@link Ticker}; tests drive it by hand. Thread-safe. */
@FunctionalInterface
public interface Delayer {
    /**
     * Runs {@code action} once, at {@code nanos} or soon after, on a thread of the delayer's. The action must be short.
     *
     * @return withdraws the action if it has not begun; may be run more than once
     */
    Runnable schedule(Runnable action, long nanos);
}
