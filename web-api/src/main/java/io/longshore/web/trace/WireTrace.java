package io.longshore.web.trace;

import io.longshore.inference.Ticker;
import io.longshore.inference.Tracer;
import io.longshore.trace.CallerTrace;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A wire's own part in the trace of a request: when it came and when its answer went. A request that is not traced has
 * {@link #NONE}, which does nothing. Thread-safe.
 */
public final class WireTrace {
    /** The part of a request that is not traced. */
    public static final WireTrace NONE = new WireTrace(Wire.HTTP, null);

    private final Wire wire;
    private final @Nullable RequestTrace trace;
    private final AtomicBoolean isSending = new AtomicBoolean();
    private final AtomicBoolean isOver = new AtomicBoolean();

    /** A wire, with its names for the moments of a request. */
    public enum Wire {
        /** REST. */
        HTTP(
                TraceActivity.HTTP_RECV_START,
                TraceActivity.HTTP_RECV_END,
                TraceActivity.HTTP_SEND_START,
                TraceActivity.HTTP_SEND_END),
        /** gRPC. */
        GRPC(
                TraceActivity.GRPC_WAITREAD_START,
                TraceActivity.GRPC_WAITREAD_END,
                TraceActivity.GRPC_SEND_START,
                TraceActivity.GRPC_SEND_END);

        private final TraceActivity receiveStart;
        private final TraceActivity receiveEnd;
        private final TraceActivity sendStart;
        private final TraceActivity sendEnd;

        Wire(TraceActivity receiveStart, TraceActivity receiveEnd, TraceActivity sendStart, TraceActivity sendEnd) {
            this.receiveStart = receiveStart;
            this.receiveEnd = receiveEnd;
            this.sendStart = sendStart;
            this.sendEnd = sendEnd;
        }
    }

    private WireTrace(Wire wire, @Nullable RequestTrace trace) {
        this.wire = wire;
        this.trace = trace;
    }

    /** The present time where anything is traced, for {@link #begin}; else 0, which costs nothing. */
    public static long arrival(Tracer tracer) {
        return tracer.isOn() ? Ticker.SYSTEM.nanos() : 0;
    }

    /**
     * Begins where a request is complete.
     *
     * @param model the name of the model wanted
     * @param headers where the call's headers are
     * @param header gives the value of one of them, or null
     * @param arrival when its first part was at hand; 0 = not known
     */
    public static <H> WireTrace begin(
            Tracer tracer,
            Wire wire,
            String model,
            H headers,
            BiFunction<H, String, @Nullable String> header,
            long arrival) {
        if (!tracer.isOn()) {
            return NONE;
        }
        CallerTrace caller = tracer.heedsCallers()
                ? CallerTrace.of(
                        header.apply(headers, CallerTrace.PARENT_HEADER),
                        header.apply(headers, CallerTrace.STATE_HEADER))
                : null;
        RequestTrace trace = tracer.begin(model, caller);
        if (trace == null) {
            return NONE;
        }
        long now = Ticker.SYSTEM.nanos();
        trace.record(wire.receiveStart, arrival == 0 ? now : arrival);
        trace.record(wire.receiveEnd, now);
        return new WireTrace(wire, trace);
    }

    /** The trace itself, for the engine; null = none. */
    public @Nullable RequestTrace ofRequest() {
        return trace;
    }

    /** Says that an answer begins to be sent; only the first time counts. */
    public void sending() {
        if (trace != null && isSending.compareAndSet(false, true)) {
            trace.record(wire.sendStart, Ticker.SYSTEM.nanos());
        }
    }

    /** Ends the wire's part, whether or not an answer was sent. Further calls do nothing. */
    public void end() {
        if (trace != null && isOver.compareAndSet(false, true)) {
            if (isSending.get()) {
                trace.record(wire.sendEnd, Ticker.SYSTEM.nanos());
            }
            trace.release();
        }
    }
}
