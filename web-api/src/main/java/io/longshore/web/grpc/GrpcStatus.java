package io.longshore.web.grpc;

import io.grpc.Status;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.web.failure.Failures;

/**
 * The one place where an error code becomes a gRPC status.
 *
 * <p>Triton's map, with its quirk that an unknown model is an invalid argument and only an unknown version is not found. A
 * model that is not ready is UNAVAILABLE, so that clients with retries treat it as passing.
 */
final class GrpcStatus {
    /** Clients refuse headers beyond 8 KiB, and gRPC's escapes make up to nine bytes of a character. */
    private static final int MAX_DESCRIPTION = 800;

    private GrpcStatus() {}

    /** The status of a failure, with its message. */
    static Status of(InferenceException failure) {
        String message = failure.getMessage();
        return of(failure.code())
                .withDescription(
                        message.length() > MAX_DESCRIPTION ? message.substring(0, MAX_DESCRIPTION) + "…" : message);
    }

    /** The status of whatever was thrown, which is logged. */
    static Status ofThrown(Throwable thrown, String subject) {
        InferenceException failure = Failures.coded(thrown);
        Failures.log(failure, subject, "");
        return of(failure);
    }

    /** The status of a call without the header that its kind needs; Triton's. */
    static Status restricted(String header) {
        return Status.UNAVAILABLE.withDescription("This protocol is restricted, expecting header '" + header + "'");
    }

    /** The status of a code. */
    static Status of(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, MODEL_NOT_FOUND -> Status.INVALID_ARGUMENT;
            case VERSION_NOT_FOUND, REGION_NOT_FOUND -> Status.NOT_FOUND;
            case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
            case UNSUPPORTED -> Status.UNIMPLEMENTED;
            case CANCELLED -> Status.CANCELLED;
            case MODEL_NOT_READY, UNAVAILABLE -> Status.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
            case MODEL_FAILED, REGION_UNUSABLE, INTERNAL -> Status.INTERNAL;
        };
    }
}
