package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The meeting point of an HTTP request and its inference, which end on different threads and in any order.
 *
 * <pre>
 *                 end                        take
 *   RUNNING ───────────────────────▶ ENDED ───────▶ TAKEN
 *      │  └── waitFor ▶ WAITING ──▶    │
 *      │                  │   end      │
 *      └──────────────────┴────────────┴── abandon ▶ ABANDONED
 * </pre>
 *
 * <p>The response belongs to this object until {@link #take} hands it over; abandoned, it is released, at once or when it
 * arrives. So it is released exactly once whatever happens in which order. A second response is released and turns the
 * answer into a refusal: HTTP has one answer to a request. Thread-safe.
 */
final class PendingAnswer implements ResponseSink {
    /** What a request makes of models that may answer any number of times. */
    enum Kind {
        /** They are refused. */
        INFER(ErrorCode.UNSUPPORTED, "HTTP end point doesn't support models with decoupled transaction policy"),
        /** They must answer once, after which they may say that there is nothing more. */
        GENERATE(
                ErrorCode.INVALID_ARGUMENT,
                "generate expects model to produce exactly 1 response, use generate stream for model that generates"
                        + " various number of responses");

        private final ErrorCode code;
        private final String refusal;

        Kind(ErrorCode code, String refusal) {
            this.code = code;
            this.refusal = refusal;
        }

        private InferenceException refuse() {
            return new InferenceException(code, refusal);
        }
    }

    private enum State {
        RUNNING,
        WAITING,
        ENDED,
        TAKEN,
        ABANDONED
    }

    private final Kind kind;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private volatile InferenceCall call = () -> {};
    // Written before the state that publishes them: by the sink's calls, which do not overlap, and by waitFor.
    private @Nullable InferenceResponse response;
    private @Nullable InferenceException failure;
    private int responses;
    private @Nullable Runnable whenEnded;

    PendingAnswer(Kind kind) {
        this.kind = kind;
    }

    @Override
    public @Nullable InferenceException refusalOfDecoupled() {
        return kind == Kind.INFER ? kind.refuse() : null;
    }

    /** What withdraws the request. To be told as soon as it is known. */
    void startedBy(InferenceCall started) {
        call = started;
        if (state.get() == State.ABANDONED) {
            started.cancel();
        }
    }

    @Override
    public void onResponse(InferenceResponse next, boolean isFinal) {
        if (next.outputs().isEmpty() && (responses > 0 || kind == Kind.GENERATE)) {
            next.release();
        } else if (responses++ == 0) {
            response = next;
        } else {
            next.release();
        }
        if (isFinal) {
            if (responses != 1) {
                refuseMany();
            }
            end();
        }
    }

    @Override
    public void onError(InferenceException cause) {
        releaseResponse();
        failure = cause;
        end();
    }

    private void refuseMany() {
        releaseResponse();
        failure = kind.refuse();
    }

    private void end() {
        if (state.compareAndSet(State.RUNNING, State.ENDED)) {
            return;
        }
        Runnable waiter = whenEnded;
        if (waiter != null && state.compareAndSet(State.WAITING, State.ENDED)) {
            waiter.run();
        } else {
            releaseResponse();
        }
    }

    /** Whether the outcome is here, to be taken. */
    boolean isEnded() {
        return state.get() == State.ENDED;
    }

    /**
     * Has {@code action} run by whoever brings the outcome.
     *
     * @return false if the outcome is here already, or nobody wants it any more; the action will not run then
     */
    boolean waitFor(Runnable action) {
        whenEnded = action;
        return state.compareAndSet(State.RUNNING, State.WAITING);
    }

    /**
     * Hands the outcome over, once. The caller owns the response from now on.
     *
     * @return the response
     * @throws InferenceException the request's failure, or CANCELLED if it was abandoned
     */
    InferenceResponse take() {
        if (!state.compareAndSet(State.ENDED, State.TAKEN)) {
            throw new InferenceException(ErrorCode.CANCELLED, "the client withdrew the request");
        }
        InferenceResponse taken = response;
        response = null;
        if (taken != null) {
            return taken;
        }
        InferenceException cause = failure;
        throw cause != null
                ? cause
                : new InferenceException(ErrorCode.INTERNAL, "the request ended without an outcome");
    }

    /** The client is gone: withdraws the request and releases its response. Does nothing once the outcome was taken. */
    void abandon() {
        State before = state.getAndUpdate(now -> now == State.TAKEN ? now : State.ABANDONED);
        if (before == State.ENDED) {
            releaseResponse();
        } else if (before == State.RUNNING || before == State.WAITING) {
            call.cancel();
        }
    }

    private void releaseResponse() {
        InferenceResponse held = response;
        response = null;
        if (held != null) {
            held.release();
        }
    }
}
