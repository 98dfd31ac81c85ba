package io.longshore.inference;

/**
 * Why a request, or a call that controls the server, failed. The list is closed: every wire maps each code to a status of
 * its own in one exhaustive switch.
 */
public enum ErrorCode {
    /** The request cannot be understood, or does not fit the model. */
    INVALID_ARGUMENT(Blame.CLIENT),
    /** The model is not known to the server. */
    MODEL_NOT_FOUND(Blame.CLIENT),
    /** The model is known, but this version of it, or any version of it, is not there to be served. */
    VERSION_NOT_FOUND(Blame.CLIENT),
    /** There is no shared memory region of this name. */
    REGION_NOT_FOUND(Blame.CLIENT),
    /** The shared memory that a client made cannot be opened, read or written, or is too small for an output. */
    REGION_UNUSABLE(Blame.CLIENT),
    /** What is to be created exists. */
    ALREADY_EXISTS(Blame.CLIENT),
    /** The request is understood, but this server or this model does not do such a thing. */
    UNSUPPORTED(Blame.CLIENT),
    /** The caller withdrew the request. */
    CANCELLED(Blame.CLIENT),
    /** The version exists and is not ready yet, or no more. */
    MODEL_NOT_READY(Blame.CAPACITY),
    /** A queue or a budget is full, or the server is stopping; the same request may succeed later or elsewhere. */
    UNAVAILABLE(Blame.CAPACITY),
    /** The request's time ran out before it was answered. */
    DEADLINE_EXCEEDED(Blame.CAPACITY),
    /** The model failed while it ran. */
    MODEL_FAILED(Blame.SERVER),
    /** The server failed; a bug. */
    INTERNAL(Blame.SERVER);

    /** Who can mend a failure. */
    public enum Blame {
        /** The caller, by another request. */
        CLIENT,
        /** The server or the model's author. */
        SERVER,
        /** Nobody; there was too much to do at once. */
        CAPACITY
    }

    private final Blame blame;

    ErrorCode(Blame blame) {
        this.blame = blame;
    }

    public Blame blame() {
        return blame;
    }
}
