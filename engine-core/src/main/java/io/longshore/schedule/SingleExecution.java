package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.Ticker;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The execution of one request. It is over when the backend's call has returned and the item has had its end, in either
 * order; then {@code whenOver} is told, and only after that the end goes to the caller: so the instance serves somebody
 * else while an answer is written.
 */
final class SingleExecution implements Execution, ExecutionItem {
    private final PendingRequest request;
    private final ResponseShaper shaper;
    private final Function<PendingRequest, InferenceContext> contexts;
    private final Ticker ticker;
    private final @Nullable Runnable whenResponding;
    private final Consumer<SingleExecution> whenOver;
    /** Made when it is first asked for; two threads may make one each, which does no harm. */
    private @Nullable InferenceContext context;

    /** Written before the item's end by whoever ends it, read after it. */
    private long inputsReady;

    private long outputsBegun;
    private volatile boolean instanceBroken;
    private boolean returned;
    private boolean failed;
    private boolean responded;
    private @Nullable Runnable end;

    /**
     * @param ticker for the marks of the backend
     * @param whenResponding run once, before the first response with outputs; null = nobody wants to know
     */
    SingleExecution(
            PendingRequest request,
            ResponseShaper shaper,
            Function<PendingRequest, InferenceContext> contexts,
            Ticker ticker,
            @Nullable Runnable whenResponding,
            Consumer<SingleExecution> whenOver) {
        this.request = request;
        this.shaper = shaper;
        this.contexts = contexts;
        this.ticker = ticker;
        this.whenResponding = whenResponding;
        this.whenOver = whenOver;
    }

    @Override
    public List<SingleExecution> items() {
        return List.of(this);
    }

    @Override
    public String requestId() {
        return request.request().id();
    }

    @Override
    public List<Tensor> inputs() {
        return request.inputs();
    }

    @Override
    public Parameters parameters() {
        return request.request().parameters();
    }

    @Override
    public List<String> outputs() {
        return request.outputs();
    }

    @Override
    public InferenceContext context() {
        InferenceContext made = context;
        if (made == null) {
            made = contexts.apply(request);
            context = made;
        }
        return made;
    }

    @Override
    public void inputsReady() {
        inputsReady = ticker.nanos();
    }

    @Override
    public void outputsBegun() {
        outputsBegun = ticker.nanos();
    }

    /** When the backend marked its inputs ready, by the engine's ticker; 0 = it did not. Valid once the execution is over. */
    long inputsReadyAt() {
        return inputsReady;
    }

    /** When the backend began to take the outputs, by the engine's ticker; 0 = not marked. Valid once the execution is over. */
    long outputsBegunAt() {
        return outputsBegun;
    }

    @Override
    public void respond(List<Tensor> outputs, Parameters parameters, boolean isFinal) {
        InferenceResponse response;
        try {
            response = shaper.shape(request.request(), outputs, parameters);
        } catch (InferenceException e) {
            fail(e);
            return;
        } catch (RuntimeException e) {
            fail(new InferenceException(
                    ErrorCode.MODEL_FAILED,
                    "the outputs of the model do not fit its configuration: " + e.getMessage(),
                    e));
            return;
        }
        if (whenResponding != null && !outputs.isEmpty() && isFirst()) {
            whenResponding.run();
        }
        if (isFinal ? !tryEnd(() -> request.respond(response, true), false) : isEnded()) {
            response.release();
            throw ended();
        }
        if (!isFinal) {
            request.respond(response, false);
        }
    }

    @Override
    public void fail(InferenceException failure) {
        if (!tryEnd(() -> request.fail(failure), true)) {
            throw ended();
        }
    }

    /** Notes the item's end, and finishes where the backend's call has returned; false if it has had its end. */
    private boolean tryEnd(Runnable answer, boolean failure) {
        synchronized (this) {
            if (end != null) {
                return false;
            }
            end = answer;
            failed = failure;
            if (!returned) {
                return true;
            }
        }
        finish(answer);
        return true;
    }

    private synchronized boolean isFirst() {
        boolean first = !responded;
        responded = true;
        return first;
    }

    /** Whether the item has had its end. */
    synchronized boolean isEnded() {
        return end != null;
    }

    static IllegalStateException ended() {
        return new IllegalStateException("the item has had its end already");
    }

    /** Whether the item's end is a failure; once the execution is over. */
    synchronized boolean isFailed() {
        return failed;
    }

    /** The request that is executed. */
    PendingRequest request() {
        return request;
    }

    /** Tells the request's trace, if it has one, when the execution took place. */
    void traced(long begun, long now) {
        RequestTrace trace = request.request().options().trace();
        if (trace != null) {
            Phases phases = Phases.of(begun, now, inputsReady, outputsBegun);
            trace.record(TraceActivity.COMPUTE_START, begun);
            trace.record(TraceActivity.COMPUTE_INPUT_END, begun + phases.input());
            trace.record(TraceActivity.COMPUTE_OUTPUT_START, now - phases.output());
            trace.record(TraceActivity.COMPUTE_END, now);
        }
    }

    /** Whether the backend's call has thrown, so that the instance must not be used again. */
    boolean isInstanceBroken() {
        return instanceBroken;
    }

    /** Says that the backend's call has returned. */
    void returned() {
        Runnable answer;
        synchronized (this) {
            returned = true;
            answer = end;
        }
        if (answer != null) {
            finish(answer);
        }
    }

    /** Says that the backend's call has thrown, which breaks the instance; an item without an end fails. */
    void crashed(String model, Throwable failure) {
        instanceBroken = true;
        Runnable answer;
        synchronized (this) {
            returned = true;
            if (end == null) {
                failed = true;
                end = () -> request.fail(new InferenceException(
                        ErrorCode.INTERNAL, "model '" + model + "' failed unexpectedly: " + failure, failure));
            }
            answer = end;
        }
        finish(answer);
    }

    private void finish(Runnable answer) {
        try {
            whenOver.accept(this);
        } finally {
            answer.run();
            request.over();
        }
    }
}
