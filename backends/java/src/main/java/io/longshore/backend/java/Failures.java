package io.longshore.backend.java;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Ticker;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What the faults of a model's code mean to the caller of a request. */
final class Failures {
    private Failures() {}

    /** The failure of a request whose code threw {@code thrown}. */
    static InferenceException of(String modelName, Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof InferenceException failure) {
            return failure;
        }
        if (cause instanceof MemoryBudgetExceededException) {
            return new InferenceException(ErrorCode.UNAVAILABLE, String.valueOf(cause.getMessage()), cause);
        }
        return new InferenceException(
                ErrorCode.MODEL_FAILED, "model '" + modelName + "' failed: " + describe(cause), cause);
    }

    /** The failure of a request that has no answer of the expected form. */
    static InferenceException malformed(String modelName, String problem) {
        return new InferenceException(ErrorCode.MODEL_FAILED, "model '" + modelName + "' failed: " + problem);
    }

    /**
     * The failure of a nested call, as the code of {@code modelName} gets it. What blames the caller blames this model, which
     * made the call, so it must not reach the client as a fault of the client's.
     */
    static InferenceException nested(String modelName, String called, Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof InferenceException failure
                && (failure.code().blame() != ErrorCode.Blame.CLIENT || failure.code() == ErrorCode.CANCELLED)) {
            return failure;
        }
        String reason = cause instanceof InferenceException failure ? failure.getMessage() : describe(cause);
        return new InferenceException(
                ErrorCode.MODEL_FAILED, "model '" + modelName + "' failed to call '" + called + "': " + reason, cause);
    }

    /** The failure of a request that nobody waits for any more. */
    static InferenceException cancelled(String modelName, InferenceContext context) {
        return context.deadline().isExpired(Ticker.SYSTEM.nanos())
                ? new InferenceException(
                        ErrorCode.DEADLINE_EXCEEDED, "the deadline passed while model '" + modelName + "' ran")
                : new InferenceException(
                        ErrorCode.CANCELLED, "the request was cancelled while model '" + modelName + "' ran");
    }

    /** A throwable in one line: its class, and its message where it has one. */
    static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.getClass().getName()
                : thrown.getClass().getSimpleName() + ": " + message;
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
