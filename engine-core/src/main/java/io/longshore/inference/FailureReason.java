package io.longshore.inference;

/** Why a request did not succeed, in the few words that Triton's metrics have for it. */
public enum FailureReason {
    /** It was not let in, or waited for an instance until its time was over. */
    REJECTED,
    /** Its caller withdrew it, or its time was over while it ran. */
    CANCELED,
    /** The model failed. */
    BACKEND,
    /** Anything else, such as inputs that do not fit the model. */
    OTHER;

    /**
     * The reason behind a failure.
     *
     * @param hadBegun whether the request had an instance when it failed
     */
    public static FailureReason of(ErrorCode code, boolean hadBegun) {
        return switch (code) {
            case CANCELLED -> CANCELED;
            case DEADLINE_EXCEEDED -> hadBegun ? CANCELED : REJECTED;
            case UNAVAILABLE, MODEL_NOT_READY -> REJECTED;
            case MODEL_FAILED -> BACKEND;
            case REGION_NOT_FOUND, REGION_UNUSABLE -> OTHER;
            case INVALID_ARGUMENT, MODEL_NOT_FOUND, VERSION_NOT_FOUND, ALREADY_EXISTS, UNSUPPORTED, INTERNAL ->
                hadBegun ? BACKEND : OTHER;
        };
    }
}
