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
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An accepted request on its way through a scheduler.
 *
 * <p>Two things end apart from each other. The <em>answer</em> ends once the sink has its end: by the model, or earlier
 * because the caller withdrew the request or its deadline came, which takes effect at once wherever the request is. The
 * <em>request</em> is over once nothing uses its inputs any more: when it left the queue without having run, or when its
 * execution is over. Only then, and after the answer's end was told, are inputs released and the hold is ended.
 *
 * <p>Thread-safe. The lock guards the state; no call leaves this object while it is held. Calls to the sink go through an
 * {@link Outbox}, so they come one after the other, in order. A scheduler may call {@link #begin} and {@link #isWithdrawn}
 * under its own lock, never the other way round.
 */
public final class PendingRequest implements InferenceCall {
    private static final Logger LOG = System.getLogger(PendingRequest.class.getName());
    private static final Runnable NOTHING = PendingRequest::doNothing;

    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    private final InferenceRequest request;
    private final List<Tensor> inputs;
    private final List<String> outputs;
    private final ResponseSink sink;
    private final RequestFailures failures;
    private final RequestHold hold;
    private final Object lock = new Object();

    private long arrived;
    private boolean hasArrived;
    private @Nullable Consumer<InferenceResponse> beforeAnswer;
    private String expiry = "Request timeout expired";
    private State state = State.WAITING;
    private final Outbox outbox = new Outbox();
    private boolean answered;
    private @Nullable InferenceException withdrawal;
    private boolean counted;
    private @Nullable List<Runnable> cancelActions;
    private Runnable leaveQueue = NOTHING;
    private AnswerOrder.@Nullable Place place;
    private Runnable stopTimer = NOTHING;

    /**
     * @param request the request, whose inputs this object owns from now on
     * @param inputs the tensors as the model declares them; references of their own only where they are not the request's
     * @param outputs names of the outputs to produce, in the order of the response
     * @param sink where the answer goes
     * @param failures counts the request if it does not succeed
     * @param hold ended once, when nothing of the request is used any more
     */
    public PendingRequest(
            InferenceRequest request,
            List<Tensor> inputs,
            List<String> outputs,
            ResponseSink sink,
            RequestFailures failures,
            RequestHold hold) {
        this.request = request;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.sink = sink;
        this.failures = failures;
        this.hold = hold;
    }

    /** Notes when the request came to its scheduler, before anything else happens to it; of several the first counts. */
    void arrivedAt(long nanos) {
        if (hasArrived) {
            return;
        }
        hasArrived = true;
        arrived = nanos;
        RequestTrace trace = request.options().trace();
        if (trace != null) {
            trace.record(TraceActivity.QUEUE_START, nanos);
            trace.record(RequestTrace.QUEUE_INPUT, inputs);
        }
    }

    /** When the request came to its scheduler. */
    long arrived() {
        return arrived;
    }

    public InferenceRequest request() {
        return request;
    }

    /** The inputs as the model declares them; valid until the request is over. */
    public List<Tensor> inputs() {
        return inputs;
    }

    /** Has the model's answer wait for those of all requests that took their place before; before the request begins. */
    void takePlace(AnswerOrder order) {
        synchronized (lock) {
            // One that was withdrawn before may be over, with nobody left to give the place up.
            if (withdrawal == null) {
                place = order.enter();
            }
        }
    }

    /** Runs what tells the model's answer when it is the request's turn. */
    void inTurn(Runnable answer) {
        if (place == null) {
            answer.run();
        } else {
            place.tell(answer);
        }
    }

    /** The size of the first dimension of every input, for a model that counts rows with it. */
    long rows() {
        return inputs.isEmpty() ? 1 : inputs.get(0).shape().dim(0);
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
        return withdrawal() != null;
    }

    /** Why it was withdrawn, as its caller was told; null where it was not. */
    @Nullable
    InferenceException withdrawal() {
        synchronized (lock) {
            return withdrawal;
        }
    }

    /** What keeps the model's version; not to be ended by anybody else. */
    RequestHold hold() {
        return hold;
    }

    /**
     * Ends the request at its deadline, if it has one and is not over by then.
     *
     * @throws RejectedExecutionException if the delayer takes nothing any more
     */
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

    /** Has the response of a model that gives one looked at before it is told, which must not throw; before the request runs. */
    void beforeAnswer(Consumer<InferenceResponse> action) {
        beforeAnswer = action;
    }

    /** Names what takes the request out of the queue it waits in; run when it is withdrawn while it waits. */
    void onLeaveQueue(Runnable action) {
        synchronized (lock) {
            leaveQueue = action;
        }
    }

    /**
     * Runs {@code action} once when the request is withdrawn or expires, at once if that has happened.
     *
     * @return forgets the action; may be run more than once
     */
    public Runnable onCancel(Runnable action) {
        synchronized (lock) {
            if (withdrawal == null) {
                if (state == State.OVER) {
                    return NOTHING;
                }
                if (cancelActions == null) {
                    cancelActions = new ArrayList<>(1);
                }
                cancelActions.add(action);
                return () -> forget(action);
            }
        }
        action.run();
        return NOTHING;
    }

    private void forget(Runnable action) {
        synchronized (lock) {
            if (cancelActions != null) {
                cancelActions.remove(action);
            }
        }
    }

    @Override
    public void cancel() {
        withdraw(new InferenceException(ErrorCode.CANCELLED, "request was cancelled by its caller"));
    }

    /** Ends the answer because the deadline has come. */
    void expire() {
        withdraw(new InferenceException(ErrorCode.DEADLINE_EXCEEDED, expiry));
    }

    /** Ends the answer because the request has waited in its queue for as long as the model's policy has it wait. */
    void expireInQueue() {
        withdraw(new InferenceException(ErrorCode.UNAVAILABLE, expiry));
    }

    /** Sets what the caller is told when the deadline comes; before the timer is started. */
    void onExpiry(String message) {
        expiry = message;
    }

    private void withdraw(InferenceException reason) {
        Runnable answer = () -> sink.onError(reason);
        List<Runnable> actions;
        boolean waited;
        boolean mustTell;
        Runnable leave;
        synchronized (lock) {
            if (answered || state == State.OVER) {
                return;
            }
            answered = true;
            withdrawal = reason;
            countFailure(reason);
            waited = state == State.WAITING;
            actions = cancelActions == null ? List.of() : cancelActions;
            cancelActions = null;
            leave = leaveQueue;
            mustTell = outbox.add(answer);
        }
        if (waited) {
            leave.run();
        }
        if (mustTell) {
            tell(answer);
        }
        if (waited) {
            over();
        }
        actions.forEach(PendingRequest::runGuarded);
    }

    /**
     * Marks the request as one that has an instance; false if it was withdrawn first and must not get one. From here on
     * whoever has the instance calls {@link #over}, after the instance was given back.
     */
    boolean begin() {
        synchronized (lock) {
            if (state != State.WAITING || withdrawal != null) {
                return false;
            }
            state = State.RUNNING;
            return true;
        }
    }

    /** Passes a response on, or drops it where the answer has ended. */
    void respond(InferenceResponse response, boolean isFinal) {
        Runnable answer = () -> deliver(response, isFinal);
        boolean late;
        boolean mustTell;
        synchronized (lock) {
            late = answered;
            answered |= isFinal;
            mustTell = !late && outbox.add(answer);
        }
        if (late) {
            response.release();
        } else if (mustTell) {
            tell(answer);
        }
    }

    private void deliver(InferenceResponse response, boolean isFinal) {
        Consumer<InferenceResponse> action = beforeAnswer;
        if (action != null) {
            action.accept(response);
        }
        sink.onResponse(response, isFinal);
    }

    /** Ends the answer with a failure, unless it has ended. */
    public void fail(InferenceException failure) {
        Runnable answer = () -> sink.onError(failure);
        boolean mustTell;
        synchronized (lock) {
            if (!answered) {
                countFailure(failure);
            }
            mustTell = !answered && outbox.add(answer);
            answered = true;
        }
        if (mustTell) {
            tell(answer);
        }
    }

    /** Under the lock; before the answer is told, so that whoever has it finds it counted. */
    private void countFailure(InferenceException failure) {
        if (!counted) {
            counted = true;
            failures.count(failure.code(), state == State.RUNNING);
        }
    }

    /**
     * Asks whether the request, whose execution has succeeded, may be counted as a success: so each request counts once,
     * whatever becomes of its answer from here on.
     *
     * @return false if it was withdrawn before
     */
    boolean countsAsSuccess() {
        synchronized (lock) {
            if (counted) {
                return false;
            }
            counted = true;
            return true;
        }
    }

    /** Ends a request that never ran with a failure. */
    public void reject(InferenceException failure) {
        fail(failure);
        over();
    }

    /** Releases what the request holds. To be called once its execution is over; further calls do nothing. */
    void over() {
        Runnable end = this::end;
        boolean mustTell;
        synchronized (lock) {
            if (state == State.OVER) {
                return;
            }
            state = State.OVER;
            cancelActions = null;
            mustTell = outbox.add(end);
        }
        if (mustTell) {
            tell(end);
        }
    }

    private void end() {
        Runnable timer;
        AnswerOrder.@Nullable Place taken;
        synchronized (lock) {
            timer = stopTimer;
            taken = place;
        }
        try {
            timer.run();
            request.release();
        } finally {
            if (taken != null) {
                taken.leave();
            }
            hold.end();
        }
    }

    private void tell(Runnable first) {
        for (Runnable next = first; next != null; next = nextToTell()) {
            runGuarded(next);
        }
    }

    private @Nullable Runnable nextToTell() {
        synchronized (lock) {
            return outbox.next();
        }
    }

    private static void doNothing() {}

    /** What a sink or a model's code throws must cost neither an instance nor the thread of somebody else. */
    private static void runGuarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a callback of a request failed", e);
        }
    }
}
