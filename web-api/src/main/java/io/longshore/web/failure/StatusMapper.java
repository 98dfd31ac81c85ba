package io.longshore.web.failure;

import io.longshore.inference.ErrorCode;

/**
 * The one place where an error code becomes an HTTP status.
 *
 * <p>Triton's map (UNAVAILABLE 503, NOT_FOUND 404, UNSUPPORTED 501, INTERNAL 500, all else 400), with its quirk that an
 * unknown model is an invalid argument and only an unknown version is not found. A model that is not ready and a deadline
 * that passed are 503, so that proxies and clients with retries treat them as passing. Shared memory that cannot be used is
 * INTERNAL as Triton has it, although a client made it: clients of that extension look at the status.
 */
public final class StatusMapper {
    /** For a call without the header that its kind needs; no error code, since the engine never hears of it. */
    public static final int RESTRICTED = 403;

    private StatusMapper() {}

    /** The status of a code. */
    public static int status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, MODEL_NOT_FOUND, ALREADY_EXISTS, CANCELLED -> 400;
            case VERSION_NOT_FOUND, REGION_NOT_FOUND -> 404;
            case MODEL_FAILED, REGION_UNUSABLE, INTERNAL -> 500;
            case UNSUPPORTED -> 501;
            case MODEL_NOT_READY, UNAVAILABLE, DEADLINE_EXCEEDED -> 503;
        };
    }

    /** The status of a code in the V1 protocol, whose clients expect KServe's 404 for an unknown model. */
    public static int v1Status(ErrorCode code) {
        return code == ErrorCode.MODEL_NOT_FOUND ? 404 : status(code);
    }

    /**
     * Seconds after which the same request may succeed ({@code Retry-After}), or 0 where no such advice is sensible: a
     * request whose own deadline passed should be sent with a longer one instead.
     */
    public static int retryAfterSeconds(ErrorCode code) {
        return switch (code) {
            case MODEL_NOT_READY, UNAVAILABLE -> 1;
            case INVALID_ARGUMENT,
                    MODEL_NOT_FOUND,
                    VERSION_NOT_FOUND,
                    REGION_NOT_FOUND,
                    REGION_UNUSABLE,
                    ALREADY_EXISTS,
                    UNSUPPORTED,
                    CANCELLED,
                    DEADLINE_EXCEEDED,
                    MODEL_FAILED,
                    INTERNAL -> 0;
        };
    }
}
