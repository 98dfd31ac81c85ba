package io.longshore.web.infer;

import io.longshore.inference.InferenceException;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.protocol.rest.GenerateResponseEncoder;
import io.longshore.web.failure.Failures;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.BodyBuffer;
import io.longshore.web.http.BodyListener;
import io.longshore.web.trace.WireTrace;
import io.longshore.web.trace.WireTrace.Wire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One generate request that takes its responses as a stream: read the body, decode it, infer, and leave the rest to an
 * {@link EventStream}. It is asynchronous from the start, since its end is always brought by another thread. What goes wrong
 * before the inference begins is answered like on every other call. Used by one thread at a time.
 */
final class StreamExchange implements BodyListener.Reader {
    private final InferEndpoint endpoint;
    private final InferHead head;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final String subject;
    private final AsyncContext context;
    private final EventOutput output;
    private final EventStream events;
    private final long arrival;
    private volatile WireTrace trace = WireTrace.NONE;

    /** @param encoder writes the events */
    StreamExchange(
            InferEndpoint endpoint,
            GenerateResponseEncoder encoder,
            InferHead head,
            HttpServletRequest request,
            HttpServletResponse response) {
        this.endpoint = endpoint;
        this.head = head;
        this.request = request;
        this.response = response;
        this.subject = "generate " + head.model().name();
        this.context = request.startAsync(request, response);
        this.output = new EventOutput(encoder, context, response, subject);
        this.events = new EventStream(output, endpoint.writer());
        this.arrival = WireTrace.arrival(endpoint.tracer());
    }

    /** Begins, on the servlet's thread. */
    void start() {
        // The engine owns deadlines; a stream may take as long as its model does.
        context.setTimeout(0);
        context.addListener(new ClientGone(this::gone));
        BodyBuffer body = null;
        try {
            body = endpoint.bodies().open(head);
            ServletInputStream in = request.getInputStream();
            if (endpoint.gate().readArrived(body, in)) {
                infer(body);
            } else {
                in.setReadListener(new BodyListener(body, in, this));
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            refuse(body, e);
        }
    }

    private void gone() {
        events.abandon();
        trace.end();
    }

    @Override
    public void arrived(BodyBuffer body) {
        try {
            infer(body);
        } catch (RuntimeException | OutOfMemoryError e) {
            refuse(body, e);
        }
    }

    @Override
    public void failed(BodyBuffer body, Throwable failure) {
        refuse(body, failure);
    }

    private void infer(BodyBuffer body) {
        Map<String, String> headers = ForwardedHeaders.of(endpoint.forwarding(), request);
        trace = WireTrace.begin(
                endpoint.tracer(), Wire.HTTP, head.model().name(), request, HttpServletRequest::getHeader, arrival);
        output.traced(trace);
        DecodedRequest decoded = endpoint.bodies().decode(head, body.finish()).withHeaders(headers);
        events.startedBy(decoded.withTrace(trace.ofRequest()).infer(endpoint.service(), events));
    }

    /** Answers with a failure before the inference has begun, and gives back whatever is still held. */
    private void refuse(@Nullable BodyBuffer body, Throwable thrown) {
        if (body != null) {
            body.close();
        }
        InferenceException failure = BodyListener.failure(thrown);
        Failures.log(failure, subject, head.requestId());
        trace.sending();
        AnswerWriter.write(InferAnswers.failure(failure), response);
        trace.end();
        context.complete();
    }
}
