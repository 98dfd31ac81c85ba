package io.longshore.inference;

/**
 * The state of one model version, as an index lists it.
 *
 * @param name the model's name
 * @param version the version; 0 where none of the model's versions is known
 * @param state the state, in the words of the V2 model repository extension
 * @param reason why it is not ready, or empty
 */
public record ModelStatus(String name, long version, State state, String reason) {
    /** States of the V2 model repository extension. */
    public enum State {
        UNKNOWN,
        READY,
        UNAVAILABLE,
        LOADING,
        UNLOADING
    }
}
