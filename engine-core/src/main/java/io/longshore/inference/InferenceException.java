package io.longshore.inference;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A failure with its code and a message for the caller. It is an answer rather than an accident, so it carries no stack
 * trace of its own; a cause keeps its one.
 */
public final class InferenceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public InferenceException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public InferenceException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.code = code;
    }

    /**
     * For a request that threads or timers refuse, as they do once the server ends.
     *
     * @param refusal theirs
     */
    public static InferenceException stopping(RejectedExecutionException refusal) {
        return new InferenceException(ErrorCode.UNAVAILABLE, "the server is stopping", refusal);
    }

    public ErrorCode code() {
        return code;
    }

    /** The message; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
