package io.longshore.protocol.trace;

import io.longshore.model.ModelId;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.JsonOutput;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceEvent;

/**
 * Writes traces as the objects that Triton's tools read: for each trace of a tree one that names the model, and one for each
 * event. Source: the JSON trace output of {@code docs/user_guide/trace.md} of Triton.
 */
public final class TraceEncoder {
    /** Of a request that no version served; Triton's tools want a number. */
    private static final int NO_VERSION = -1;

    private TraceEncoder() {}

    /** The objects of a tree with commas between, UTF-8; to be put into an array. */
    public static byte[] encode(RequestTrace root) {
        JsonOutput out = new JsonOutput(ChunkPool.NONE);
        boolean first = true;
        for (RequestTrace trace : root.tree()) {
            head(first ? out : out.raw(','), trace);
            trace.events().forEach(event -> event(out.raw(','), trace, event));
            first = false;
        }
        return out.toByteArray();
    }

    private static void head(JsonOutput out, RequestTrace trace) {
        begin(out, trace);
        ModelId model = trace.model();
        field(out, "model_name").string(model == null ? trace.wantedModel() : model.name());
        field(out, "model_version").integer(model == null ? NO_VERSION : model.version());
        if (!trace.requestId().isEmpty()) {
            field(out, "request_id").string(trace.requestId());
        }
        if (trace.parentId() != 0) {
            field(out, "parent_id").integer(trace.parentId());
        }
        out.raw('}');
    }

    private static void event(JsonOutput out, RequestTrace trace, TraceEvent event) {
        begin(out, trace);
        if (event instanceof TraceEvent.Moment moment) {
            field(out, "timestamps").raw('[').raw('{').string("name").raw(':').string(moment.activity());
            field(out, "ns").integer(moment.nanos()).raw('}').raw(']');
        } else if (event instanceof TraceEvent.Value value) {
            field(out, "activity").string(value.activity());
            field(out, "tensor").raw('{').string("name").raw(':').string(value.name());
            field(out, "data").string(value.data());
            field(out, "shape").string(value.shape());
            field(out, "dtype").string(value.datatype()).raw('}');
        }
        out.raw('}');
    }

    private static void begin(JsonOutput out, RequestTrace trace) {
        out.raw('{').string("id").raw(':').integer(trace.id());
    }

    private static JsonOutput field(JsonOutput out, String name) {
        return out.raw(',').string(name).raw(':');
    }
}
