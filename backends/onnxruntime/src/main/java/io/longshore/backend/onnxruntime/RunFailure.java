package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Ticker;
import java.util.stream.IntStream;

/** Turns the runtime's failures into answers. */
final class RunFailure {
    /** How the runtime says that a tensor which it was given for an output has another shape than the output. */
    private static final String WRONG_PINNED_SHAPE = "pre-allocated output";

    /** How the runtime says that an operator failed. */
    private static final String WHILE_RUNNING = "status code returned while running";

    private RunFailure() {}

    /**
     * The answer to a request whose run failed. What the runtime refuses before it runs an operator is the request's fault:
     * a shape or type that does not fit.
     */
    static InferenceException of(OrtException failure, String model, InferenceContext context) {
        if (context.isCancelled()) {
            return cancelled(context);
        }
        String said = message(failure);
        boolean refused = failure.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT && !said.contains(WHILE_RUNNING);
        return new InferenceException(
                refused ? ErrorCode.INVALID_ARGUMENT : ErrorCode.MODEL_FAILED,
                "model '" + model + "': onnx runtime error " + number(failure.getCode()) + ": " + said,
                failure);
    }

    /** The answer to a request that was withdrawn or expired. */
    static InferenceException cancelled(InferenceContext context) {
        return context.deadline().isExpired(Ticker.SYSTEM.nanos())
                ? new InferenceException(ErrorCode.DEADLINE_EXCEEDED, "the request's deadline passed while it ran")
                : new InferenceException(ErrorCode.CANCELLED, "the request was cancelled while it ran");
    }

    /** Whether an output had another shape than it was expected to have. */
    static boolean isWrongPinnedShape(OrtException failure) {
        return message(failure).contains(WRONG_PINNED_SHAPE);
    }

    /** What the runtime said, in one line and without the binding's introduction. */
    static String message(OrtException failure) {
        String text = String.valueOf(failure.getMessage());
        String introduction = "Error code - " + failure.getCode() + " - message: ";
        String said = text.startsWith(introduction) ? text.substring(introduction.length()) : text;
        return said.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The number that the runtime's C interface gives a code; the binding turns numbers into codes only. */
    private static int number(OrtErrorCode code) {
        return IntStream.range(0, OrtErrorCode.values().length)
                .filter(candidate -> OrtErrorCode.mapFromInt(candidate) == code)
                .findFirst()
                .orElse(-1);
    }
}
