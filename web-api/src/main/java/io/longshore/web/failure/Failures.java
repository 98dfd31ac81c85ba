package io.longshore.web.failure;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LogText;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Turns whatever was thrown into a failure with a code, and logs it once. Thread-safe. */
public final class Failures {
    private static final Logger LOG = System.getLogger(Failures.class.getName());

    private static final int MAX_CAUSES = 8;

    private Failures() {}

    /**
     * The failure as the caller is told of it: the coded one that was thrown, or that is the cause of what was thrown,
     * because futures and the container's proxies wrap it. Anything else is a bug of the server: the caller gets INTERNAL
     * and no details, the log gets the stack trace.
     */
    public static InferenceException coded(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof InferenceException failure) {
                return failure;
            }
            if (cause instanceof MemoryBudgetExceededException full) {
                return new InferenceException(ErrorCode.UNAVAILABLE, String.valueOf(full.getMessage()), full);
            }
            if (cause instanceof OutOfMemoryError exhausted) {
                return new InferenceException(
                        ErrorCode.UNAVAILABLE, "the server has too little memory left for this request", exhausted);
            }
            cause = cause.getCause();
        }
        return new InferenceException(
                ErrorCode.INTERNAL, "internal server error; the server's log has the cause", thrown);
    }

    /**
     * Logs a failed request once: what the server or a model did wrong as an error with its cause, the caller's own faults
     * and a full queue at debug level, because whoever can send them could fill the log.
     *
     * @param subject what was asked for, for example {@code infer simple}
     * @param requestId the request's id, or empty
     */
    public static void log(InferenceException failure, String subject, String requestId) {
        Level level = failure.code().blame() == ErrorCode.Blame.SERVER ? Level.ERROR : Level.DEBUG;
        if (LOG.isLoggable(level)) {
            String id = requestId.isEmpty() ? "" : " [request id: " + LogText.name(requestId) + "]";
            LOG.log(
                    level,
                    LogText.name(subject) + id + ": " + failure.code() + ": " + LogText.oneLine(failure.getMessage()),
                    failure.getCause());
        }
    }
}
