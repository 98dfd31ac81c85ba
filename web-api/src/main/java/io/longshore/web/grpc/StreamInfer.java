package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.protocol.grpc.DecodedMessage;
import io.longshore.protocol.grpc.EncodedMessage;
import io.longshore.web.failure.Failures;
import io.longshore.web.trace.WireTrace;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * One {@code ModelStreamInfer} call: requests come one after the other, run side by side, and are answered in their order,
 * except that those of decoupled models are answered as they come. A request that fails is answered with an error inside
 * the stream, which goes on; with the header {@code triton_grpc_error: true} the first failure ends the stream instead, with
 * a status.
 *
 * <p>A next request is taken only while few are unanswered and the client reads its responses. What it does not read stays in
 * the engine's memory, whose budget then refuses requests, and not in the transport's, which has none.
 *
 * <p>The listener's methods come one after the other; {@link StreamAnswers} is where they meet the engine's threads.
 */
final class StreamInfer extends ServerCall.Listener<InputStream> {
    private static final Metadata.Key<String> ERRORS_END_STREAM =
            Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER);

    private final InferParts parts;
    private final StreamAnswers answers;
    private final Metadata headers;
    private final @Nullable InboundMemory inbound;
    private final boolean endsAtErrors;

    private StreamInfer(InferParts parts, StreamAnswers answers, Metadata headers, @Nullable InboundMemory inbound) {
        this.parts = parts;
        this.inbound = inbound;
        this.answers = answers;
        this.headers = headers;
        this.endsAtErrors = "true".equalsIgnoreCase(headers.get(ERRORS_END_STREAM));
    }

    /** Takes the calls. */
    static ServerCallHandler<InputStream, EncodedMessage> handler(InferParts parts) {
        return (call, headers) -> {
            parts.sendHeaders(call);
            call.request(1);
            return new StreamInfer(parts, new StreamAnswers(call), headers, InboundMemory.current());
        };
    }

    /** Whether the first failure ends the stream. */
    boolean endsAtErrors() {
        return endsAtErrors;
    }

    /** Ends the stream. */
    void fail(InferenceException failure) {
        answers.end(GrpcStatus.of(failure));
    }

    @Override
    public void onMessage(InputStream message) {
        long arrival = WireTrace.arrival(parts.tracer());
        DecodedMessage decoded = null;
        try {
            decoded = parts.decode(message, headers);
        } catch (RuntimeException | OutOfMemoryError e) {
            StreamedRequest refused = streamed(StreamedRequest.Head.UNKNOWN, WireTrace.NONE);
            answers.add(refused);
            refused.onError(Failures.coded(e));
        } finally {
            InboundMemory.messageRead(inbound);
        }
        if (decoded != null) {
            submit(decoded, arrival);
        }
        answers.requestNext();
    }

    private void submit(DecodedMessage decoded, long arrival) {
        InferenceRequest asked = decoded.request();
        WireTrace trace = parts.trace(asked.model().name(), headers, arrival);
        StreamedRequest.Head head = new StreamedRequest.Head(
                asked.id(), asked.model().name(), parts.decoupled().test(asked.model()), decoded.emptyFinalResponse());
        StreamedRequest request = streamed(head, trace);
        if (!answers.add(request)) {
            decoded.release();
            trace.end();
            return;
        }
        InferenceRequest timed = ClientDeadline.of(asked, parts.ticker()).withTrace(trace.ofRequest());
        request.startedBy(decoded.regions().infer(parts.service(), timed, request));
    }

    private StreamedRequest streamed(StreamedRequest.Head head, WireTrace trace) {
        return new StreamedRequest(head, parts.encoder(), this, answers, trace);
    }

    @Override
    public void onHalfClose() {
        answers.noMoreRequests();
    }

    @Override
    public void onReady() {
        answers.flush();
    }

    @Override
    public void onCancel() {
        answers.cancel();
        answers.transportIsDone();
    }

    @Override
    public void onComplete() {
        answers.transportIsDone();
    }
}
