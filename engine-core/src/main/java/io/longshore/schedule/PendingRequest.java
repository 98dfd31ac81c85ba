package io.longshore.schedule;

import io.longshore.inference.Deadline;
import io.longshore.inference.Delayer;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An accepted request on its way through a scheduler.
 *
 * <p>Two things end apart from each other. The <em>answer</em> ends once the sink has its end: by the model, or earlier
 * because the caller withdrew the request or its deadline came, which takes effect at once wherever the request is. The
 * <em>request</em> is over once nothing uses its inputs any more: when it left the queue without having run, or when its
 * execution is over. Only then are inputs released and {@code whenOver} is run.
 *
 * <p>Thread-safe. The lock guards the state and keeps calls to the sink from overlapping; it is never held while a queue's
 * or a pool's lock is taken.
 */
public final class PendingRequest implements InferenceCall {
    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    private final InferenceRequest request;
    private final List<Tensor> inputs;
    private final List<String> outputs;
    private final ResponseSink sink;
    private final Runnable whenOver;
    private final Object lock = new Object();

    private State state = State.WAITING;
    private boolean answered;
    private @Nullable InferenceException withdrawnBecause;
    private @Nullable List<Runnable> cancelActions;
    private Runnable leaveQueue = () -> {};
    private Runnable stopTimer = () -> {};

    /**
     * @param request the request, whose inputs this object owns from now on
     * @param inputs the tensors as the model declares them; references of their own only where they are not the request's
     * @param outputs names of the outputs to produce, in the order of the response
     * @param sink where the answer goes
     * @param whenOver run once, when nothing of the request is used any more
     */
    public PendingRequest(
            InferenceRequest request, List<Tensor> inputs, List<String> outputs, ResponseSink sink, Runnable whenOver) {
        this.request = request;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.sink = sink;
        this.whenOver = whenOver;
    }

    public InferenceRequest request() {
        return request;
    }

    /** The inputs as the model declares them; valid until the request is over. */
    public List<Tensor> inputs() {
        return inputs;
    }

    /** Names of the outputs to produce, in order. */
    public List<String> outputs() {
        return outputs;
    }

    /** When the request is no longer worth an answer. */
    public Deadline deadline() {
        return request.options().deadline();
    }

    /** Whether the caller withdrew the request, or its deadline has come. */
    public boolean isWithdrawn() {
        synchronized (lock) {
            return withdrawnBecause != null;
        }
    }

    /** Ends the request at its deadline, if it has one and is not over by then. */
    public void startTimer(Delayer delayer) {
        if (!deadline().isBounded()) {
            return;
        }
        Runnable stop = delayer.schedule(this::expire, deadline().nanos());
        synchronized (lock) {
            if (state != State.OVER) {
                stopTimer = stop;
                return;
            }
        }
        stop.run();
    }

    /** Names what takes the request out of the queue it waits in; run when it is withdrawn while it waits. */
    void onLeaveQueue(Runnable action) {
        synchronized (lock) {
            leaveQueue = action;
        }
    }

    /** Runs {@code action} once when the request is withdrawn or expires, at once if that has happened. */
    public void onCancel(Runnable action) {
        synchronized (lock) {
            if (state == State.OVER) {
                return;
            }
            if (withdrawnBecause == null) {
                if (cancelActions == null) {
                    cancelActions = new ArrayList<>(1);
                }
                cancelActions.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void cancel() {
        withdraw(new InferenceException(ErrorCode.CANCELLED, "request was cancelled by its caller"));
    }

    /** Ends the answer because the deadline has come. */
    void expire() {
        withdraw(new InferenceException(ErrorCode.DEADLINE_EXCEEDED, "Request timeout expired"));
    }

    private void withdraw(InferenceException reason) {
        List<Runnable> actions;
        boolean waited;
        Runnable leave;
        synchronized (lock) {
            if (state == State.OVER || withdrawnBecause != null) {
                return;
            }
            withdrawnBecause = reason;
            waited = state == State.WAITING;
            actions = cancelActions == null ? List.of() : cancelActions;
            cancelActions = null;
            leave = leaveQueue;
            endWith(reason);
        }
        if (waited) {
            leave.run();
            over();
        }
        actions.forEach(Runnable::run);
    }

    /** Marks the request as running; false if it was withdrawn first and must not run. */
    boolean begin() {
        synchronized (lock) {
            if (state != State.WAITING || withdrawnBecause != null) {
                return false;
            }
            state = State.RUNNING;
            return true;
        }
    }

    /** Passes a response on, or drops it where the answer has ended. */
    void respond(InferenceResponse response, boolean isFinal) {
        synchronized (lock) {
            if (!answered) {
                answered = isFinal;
                sink.onResponse(response, isFinal);
                return;
            }
        }
        response.release();
    }

    /** Ends the answer with a failure, unless it has ended. */
    public void fail(InferenceException failure) {
        synchronized (lock) {
            endWith(failure);
        }
    }

    private void endWith(InferenceException failure) {
        if (!answered) {
            answered = true;
            sink.onError(failure);
        }
    }

    /** Ends a request that never ran with a failure. */
    public void reject(InferenceException failure) {
        fail(failure);
        over();
    }

    /** Releases what the request holds. To be called once its execution is over; further calls do nothing. */
    void over() {
        Runnable timer;
        synchronized (lock) {
            if (state == State.OVER) {
                return;
            }
            state = State.OVER;
            cancelActions = null;
            timer = stopTimer;
        }
        timer.run();
        request.release();
        whenOver.run();
    }
}
