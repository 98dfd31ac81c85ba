package io.longshore.ejb.trace;

import io.longshore.model.ModelId;
import io.longshore.trace.CallerTrace;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import io.longshore.trace.TraceEvent;
import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceOutputs;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of traces, named and nested as Triton's: one for the request, in it one for each model that served it, in that
 * one for the computation. All have the moments that they span as events. Thread-safe.
 *
 * <p>Only for servers that have MicroProfile Telemetry: elsewhere this class cannot be loaded. What becomes of the spans is
 * its affair; it gathers and exports them on threads of its own.
 */
public final class SpanOutput implements TraceOutput {
    private static final Logger LOG = System.getLogger(SpanOutput.class.getName());
    private static final String SCOPE = "longshore";

    private static final Set<String> OF_COMPUTATION = Set.of(
            TraceActivity.COMPUTE_START.name(),
            TraceActivity.COMPUTE_INPUT_END.name(),
            TraceActivity.COMPUTE_OUTPUT_START.name(),
            TraceActivity.COMPUTE_END.name());
    private static final Set<String> OF_WIRE = Set.of(
            TraceActivity.HTTP_RECV_START.name(),
            TraceActivity.HTTP_RECV_END.name(),
            TraceActivity.GRPC_WAITREAD_START.name(),
            TraceActivity.GRPC_WAITREAD_END.name(),
            TraceActivity.INFER_RESPONSE_COMPLETE.name(),
            TraceActivity.HTTP_SEND_START.name(),
            TraceActivity.HTTP_SEND_END.name(),
            TraceActivity.GRPC_SEND_START.name(),
            TraceActivity.GRPC_SEND_END.name());

    private final Tracer tracer;

    /** @param telemetry that of the application */
    public SpanOutput(OpenTelemetry telemetry) {
        tracer = telemetry.getTracer(SCOPE);
    }

    /** The same output for all settings. */
    public static TraceOutputs of(OpenTelemetry telemetry) {
        SpanOutput output = new SpanOutput(telemetry);
        return settings -> output;
    }

    @Override
    public void accept(RequestTrace root) {
        try {
            // What turns the engine's clock into nanoseconds since 1970; anew each time, since that clock may be set.
            long offset = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
            write(root, offset);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a trace could not be made into spans", e);
        }
    }

    @Override
    public void close() {
        // The container ends what it gave.
    }

    private void write(RequestTrace root, long offset) {
        List<RequestTrace> traces = root.tree();
        Map<Long, Context> ofModels = new HashMap<>();
        Span request =
                span("InferRequest", SpanKind.SERVER, parent(root.caller()), moments(root, OF_WIRE, true), offset);
        for (RequestTrace trace : traces) {
            Context parent = ofModels.get(trace.parentId());
            Context within = parent == null ? Context.root().with(request) : parent;
            ofModels.put(trace.id(), model(trace, within, offset));
        }
        end(request, moments(root, OF_WIRE, true), offset);
    }

    /** The span of a model, with that of its computation inside; both are over. */
    private Context model(RequestTrace trace, Context parent, long offset) {
        List<TraceEvent.Moment> moments = moments(trace, OF_COMPUTATION, false).stream()
                .filter(moment -> trace.parentId() != 0 || !OF_WIRE.contains(moment.activity()))
                .toList();
        ModelId served = trace.model();
        Span model =
                span(served == null ? trace.wantedModel() : served.name(), SpanKind.INTERNAL, parent, moments, offset);
        if (served != null) {
            model.setAttribute("triton.model_name", served.name());
            model.setAttribute("triton.model_version", served.version());
        }
        model.setAttribute("triton.trace_id", trace.id());
        model.setAttribute("triton.trace_parent_id", trace.parentId());
        if (!trace.requestId().isEmpty()) {
            model.setAttribute("triton.request_id", trace.requestId());
        }
        Context context = parent.with(model);
        List<TraceEvent.Moment> computation = moments(trace, OF_COMPUTATION, true);
        if (!computation.isEmpty()) {
            end(span("compute", SpanKind.INTERNAL, context, computation, offset), computation, offset);
        }
        end(model, moments, offset);
        return context;
    }

    private static List<TraceEvent.Moment> moments(RequestTrace trace, Set<String> names, boolean wanted) {
        return trace.events().stream()
                .filter(TraceEvent.Moment.class::isInstance)
                .map(TraceEvent.Moment.class::cast)
                .filter(moment -> names.contains(moment.activity()) == wanted)
                .toList();
    }

    private Span span(String name, SpanKind kind, Context parent, List<TraceEvent.Moment> moments, long offset) {
        SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
        if (!moments.isEmpty()) {
            builder.setStartTimestamp(moments.get(0).nanos() + offset, TimeUnit.NANOSECONDS);
        }
        Span span = builder.startSpan();
        moments.forEach(moment -> span.addEvent(moment.activity(), moment.nanos() + offset, TimeUnit.NANOSECONDS));
        return span;
    }

    private static void end(Span span, List<TraceEvent.Moment> moments, long offset) {
        if (moments.isEmpty()) {
            span.end();
        } else {
            span.end(moments.get(moments.size() - 1).nanos() + offset, TimeUnit.NANOSECONDS);
        }
    }

    private static Context parent(@Nullable CallerTrace caller) {
        return caller == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), caller, new Headers());
    }

    /** The headers of a caller's trace. */
    private static final class Headers implements TextMapGetter<CallerTrace> {
        @Override
        public Iterable<String> keys(CallerTrace caller) {
            return List.of(CallerTrace.PARENT_HEADER, CallerTrace.STATE_HEADER);
        }

        @Override
        public @Nullable String get(@Nullable CallerTrace caller, String key) {
            if (caller == null) {
                return null;
            }
            return switch (key) {
                case CallerTrace.PARENT_HEADER -> caller.parent();
                case CallerTrace.STATE_HEADER -> caller.state();
                default -> null;
            };
        }
    }
}
