package io.longshore.engine;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.Ticker;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import org.jspecify.annotations.Nullable;

/** Records beginning, responses and end of a request on their way to its caller. As safe as what it passes them to. */
final class TracedSink implements ResponseSink {
    private final ResponseSink sink;
    private final RequestTrace trace;
    private final Ticker ticker;

    /** Begins; the trace is held until the request's end was told. */
    TracedSink(ResponseSink sink, RequestTrace trace, Ticker ticker) {
        this.sink = sink;
        this.trace = trace;
        this.ticker = ticker;
        trace.hold();
        trace.record(TraceActivity.REQUEST_START, ticker.nanos());
    }

    @Override
    public @Nullable InferenceException refusalOfDecoupled() {
        return sink.refusalOfDecoupled();
    }

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        trace.record(RequestTrace.BACKEND_OUTPUT, response.outputs());
        trace.record(TraceActivity.INFER_RESPONSE_COMPLETE, ticker.nanos());
        if (!isFinal) {
            sink.onResponse(response, false);
            return;
        }
        end(() -> sink.onResponse(response, true));
    }

    @Override
    public void onError(InferenceException failure) {
        end(() -> sink.onError(failure));
    }

    private void end(Runnable told) {
        trace.record(TraceActivity.REQUEST_END, ticker.nanos());
        try {
            told.run();
        } finally {
            trace.release();
        }
    }
}
