package io.longshore.schedule;

/**
 * What a request keeps from going away while it is used: its model's version, and the server. Thread-safe.
 */
@FunctionalInterface
public interface RequestHold {
    /** Lets go of it. Called once. */
    void end();

    /**
     * A hold of the same things that lasts by itself, for a sequence, which outlives its requests. To be asked for while this
     * one lasts.
     */
    default RequestHold another() {
        return () -> {};
    }
}
