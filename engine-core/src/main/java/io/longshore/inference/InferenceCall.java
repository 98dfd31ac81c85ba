package io.longshore.inference;

/** A request on its way. */
@FunctionalInterface
public interface InferenceCall {
    /**
     * Withdraws the request wherever it is. One that still waits ends with {@link ErrorCode#CANCELLED} at once; one that
     * runs is told, and ends when its model notices. After the end this does nothing. Thread-safe.
     */
    void cancel();
}
