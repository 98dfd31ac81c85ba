package io.longshore.trace;

/** What a trace records; without any, none is taken. */
public enum TraceLevel {
    /** When what happened. */
    TIMESTAMPS,
    /** What went into the model and came out of it. */
    TENSORS
}
