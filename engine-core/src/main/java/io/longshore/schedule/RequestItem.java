package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request inside a {@link RequestExecution}. Its end reaches the caller when the execution says so. */
final class RequestItem implements ExecutionItem {
    private final PendingRequest request;
    private final long rows;
    private final ExecutionTools tools;
    private final RequestExecution execution;
    /** Made when it is first asked for; two threads may make one each, which does no harm. */
    private @Nullable InferenceContext context;

    /** Written before the item's end by whoever ends it, read after it. */
    private long inputsReady;

    private long outputsBegun;
    private boolean responded;
    /** Both under the execution's lock. */
    private boolean failed;

    private @Nullable Runnable end;

    /** @param rows what the request counts as in statistics */
    RequestItem(PendingRequest request, long rows, ExecutionTools tools, RequestExecution execution) {
        this.request = request;
        this.rows = rows;
        this.tools = tools;
        this.execution = execution;
    }

    /** The request that is executed. */
    PendingRequest request() {
        return request;
    }

    /** Its rows. */
    long rows() {
        return rows;
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
            made = tools.contexts().apply(request);
            context = made;
        }
        return made;
    }

    @Override
    public void inputsReady() {
        inputsReady(tools.ticker().nanos());
    }

    @Override
    public void outputsBegun() {
        outputsBegun(tools.ticker().nanos());
    }

    void inputsReady(long nanos) {
        inputsReady = nanos;
    }

    void outputsBegun(long nanos) {
        outputsBegun = nanos;
    }

    /** The parts of the execution as the backend marked them for this item. Valid once the execution is over. */
    Phases phases(long begun, long over) {
        return Phases.of(begun, over, inputsReady, outputsBegun);
    }

    @Override
    public void respond(List<Tensor> outputs, Parameters parameters, boolean isFinal) {
        InferenceResponse response;
        try {
            response = tools.shaper().shape(request.request(), outputs, parameters);
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
        if (!outputs.isEmpty()) {
            noteFirst();
        }
        if (isFinal ? !execution.tryEnd(this, () -> request.respond(response, true), false) : isEnded()) {
            response.release();
            throw ended();
        }
        if (!isFinal) {
            execution.progressed();
            request.respond(response, false);
        }
    }

    /** Responses do not overlap, so nothing else needs to guard the mark. */
    private void noteFirst() {
        if (!responded) {
            responded = true;
            tools.statistics().responded(request, tools.ticker());
        }
    }

    @Override
    public void fail(InferenceException failure) {
        if (!execution.tryEnd(this, () -> request.fail(failure), true)) {
            throw ended();
        }
    }

    /** Whether the item has had its end. */
    boolean isEnded() {
        return execution.isEnded(this);
    }

    static IllegalStateException ended() {
        return new IllegalStateException("the item has had its end already");
    }

    /** Sets the end, which is told later; under the execution's lock. */
    void endWith(Runnable answer, boolean failure) {
        end = answer;
        failed = failure;
    }

    /** What is to be told, or null where there is no end yet; under the execution's lock. */
    @Nullable
    Runnable end() {
        return end;
    }

    /** Whether the item's end is a failure; valid once the execution is over. */
    boolean isFailed() {
        return failed;
    }

    /** Tells the request's trace, if it has one, when the execution took place. */
    void traced(long begun, long now) {
        RequestTrace trace = request.request().options().trace();
        if (trace != null) {
            Phases phases = phases(begun, now);
            trace.record(TraceActivity.COMPUTE_START, begun);
            trace.record(TraceActivity.COMPUTE_INPUT_END, begun + phases.input());
            trace.record(TraceActivity.COMPUTE_OUTPUT_START, now - phases.output());
            trace.record(TraceActivity.COMPUTE_END, now);
        }
    }
}
