package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.longshore.inference.CallerThread;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import io.longshore.protocol.grpc.DecodedMessage;
import io.longshore.protocol.grpc.EncodedMessage;
import io.longshore.tensor.Tensor;
import io.longshore.web.failure.Failures;
import io.longshore.web.trace.WireTrace;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One {@code ModelInfer} call. The request is decoded straight out of the transport's buffers, and infers on the call's
 * thread where the engine finds an instance idle; on an event loop ({@link CallThreads}) only where the model is known to be brief.
 *
 * <p>The listener's methods come one after the other, and so do the sink's; the two meet in {@link #closed}, so that the
 * call is closed once. Whoever ends first, a request that was not handed on is released by the listener, and a response by
 * the sink.
 */
final class UnaryInfer extends ServerCall.Listener<InputStream> implements ResponseSink {
    /**
     * Responses up to this size leave the engine's budget when the transport has copied them. A larger one stays until it is
     * written: a client that does not read would otherwise leave any number of copies to the transport, which has no bound.
     */
    private static final int UNCOUNTED_BYTES = 16 << 10;

    private final InferParts parts;
    private final ServerCall<InputStream, EncodedMessage> call;
    private final Metadata headers;
    private final @Nullable InboundMemory inbound;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final long arrival;
    private WireTrace trace = WireTrace.NONE;
    private InferenceCall running = () -> {};
    private String subject = "infer";
    private String requestId = "";
    private @Nullable DecodedMessage request;
    /** The response that the transport has copied and not written; set by the sink, and closed when the call is over. */
    private volatile @Nullable EncodedMessage unwritten;

    private volatile boolean over;
    // The sink's own.
    private @Nullable InferenceResponse response;
    private int responses;

    private UnaryInfer(
            InferParts parts,
            ServerCall<InputStream, EncodedMessage> call,
            Metadata headers,
            @Nullable InboundMemory inbound) {
        this.parts = parts;
        this.call = call;
        this.headers = headers;
        this.inbound = inbound;
        this.arrival = WireTrace.arrival(parts.tracer());
    }

    /** Takes the calls. */
    static ServerCallHandler<InputStream, EncodedMessage> handler(InferParts parts) {
        return (call, headers) -> {
            // Of a second message only the call's listener can tell, and it tells it what is wrong.
            call.request(2);
            return new UnaryInfer(parts, call, headers, InboundMemory.current());
        };
    }

    @Override
    public void onMessage(InputStream message) {
        if (request != null) {
            fail(new InferenceException(ErrorCode.INVALID_ARGUMENT, "ModelInfer takes one request message"));
            releaseRequest();
        } else if (!closed.get()) {
            try {
                decode(message);
            } catch (RuntimeException | OutOfMemoryError e) {
                fail(Failures.coded(e));
            } finally {
                InboundMemory.messageRead(inbound);
            }
        }
    }

    private void decode(InputStream message) {
        DecodedMessage decoded = parts.decode(message, headers);
        request = decoded;
        subject = "infer " + decoded.request().model().name();
        requestId = decoded.request().id();
        trace = parts.trace(decoded.request().model().name(), headers, arrival);
    }

    @Override
    public void onHalfClose() {
        DecodedMessage submitted = request;
        request = null;
        if (submitted != null) {
            submit(submitted);
        } else {
            fail(new InferenceException(ErrorCode.INVALID_ARGUMENT, "ModelInfer takes one request message"));
        }
    }

    private void submit(DecodedMessage submitted) {
        InferenceRequest asked =
                ClientDeadline.of(submitted.request(), parts.ticker()).withTrace(trace.ofRequest());
        if (LoopThread.isCurrent()) {
            CallerThread caller = mayKeepLoop(submitted) ? CallerThread.BRIEFLY : CallerThread.NEVER;
            asked = asked.withOptions(asked.options().withCaller(caller));
        }
        try {
            running = submitted.regions().infer(parts.service(), asked, this);
        } catch (RuntimeException e) {
            // The engine never throws, so it was not told.
            submitted.release();
            fail(Failures.coded(e));
        }
    }

    /** Tensors in shared memory may be larger than the message that names them. */
    private static boolean mayKeepLoop(DecodedMessage submitted) {
        long bytes = 0;
        for (Tensor input : submitted.request().inputs()) {
            bytes += input.byteSize();
        }
        return bytes <= InboundMemory.UNCOUNTED_BYTES && submitted.regions().isEmpty();
    }

    @Override
    public void onCancel() {
        releaseRequest();
        running.cancel();
        transportIsDone();
    }

    private void releaseRequest() {
        DecodedMessage held = request;
        request = null;
        if (held != null) {
            held.release();
        }
    }

    @Override
    public InferenceException refusalOfDecoupled() {
        return new InferenceException(
                ErrorCode.UNSUPPORTED, "ModelInfer RPC doesn't support models with decoupled transaction policy");
    }

    @Override
    public void onResponse(InferenceResponse next, boolean isFinal) {
        if (next.outputs().isEmpty() && responses > 0) {
            next.release();
        } else if (responses++ == 0) {
            response = next;
        } else {
            next.release();
        }
        if (isFinal) {
            end();
        }
    }

    private void end() {
        InferenceResponse only = response;
        response = null;
        if (only == null) {
            return;
        }
        if (responses == 1) {
            answer(only);
        } else {
            only.release();
            fail(refusalOfDecoupled());
        }
    }

    @Override
    public void onError(InferenceException failure) {
        InferenceResponse held = response;
        response = null;
        if (held != null) {
            held.release();
        }
        fail(failure);
    }

    private void answer(InferenceResponse only) {
        EncodedMessage message;
        try {
            message = parts.encoder().encode(only);
        } catch (RuntimeException | OutOfMemoryError e) {
            only.release();
            fail(Failures.coded(e));
            return;
        }
        if (!send(message) || message.byteSize() <= UNCOUNTED_BYTES) {
            message.close();
        } else {
            unwritten = message;
            if (over) {
                message.close();
            }
        }
    }

    private boolean send(EncodedMessage message) {
        if (call.isCancelled() || !closed.compareAndSet(false, true)) {
            return false;
        }
        trace.sending();
        try {
            parts.sendHeaders(call);
            call.sendMessage(message);
            call.close(Status.OK, new Metadata());
            trace.end();
            return true;
        } catch (RuntimeException | OutOfMemoryError e) {
            closeAfter(Failures.coded(e));
            return false;
        }
    }

    @Override
    public void onComplete() {
        transportIsDone();
    }

    /** The transport holds nothing of the response any more; one that is written just now ends when it is. */
    private void transportIsDone() {
        trace.end();
        over = true;
        EncodedMessage held = unwritten;
        if (held != null) {
            held.close();
        }
    }

    private void closeAfter(InferenceException failure) {
        Failures.log(failure, subject, requestId);
        try {
            call.close(GrpcStatus.of(failure), new Metadata());
        } catch (IllegalStateException alreadyClosed) {
            // It failed while it was closed, which is what is wanted.
        }
    }

    /** Ends the call with a failure, unless it has ended. */
    private void fail(InferenceException failure) {
        if (closed.compareAndSet(false, true)) {
            Failures.log(failure, subject, requestId);
            trace.sending();
            call.close(GrpcStatus.of(failure), new Metadata());
            trace.end();
        }
    }
}
