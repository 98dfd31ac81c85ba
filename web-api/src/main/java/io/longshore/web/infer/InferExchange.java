package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.tensor.Tensor;
import io.longshore.web.failure.Failures;
import io.longshore.web.http.Answer;
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
 * One inference request on its way through HTTP: read the body, decode it, infer, encode the answer, write it. Everything
 * happens on the servlet's thread as long as nothing has to wait; where the body has not arrived, the model is busy or the
 * client takes its time, the thread goes and whoever brings the next thing goes on.
 *
 * <p>Used by one thread at a time. The only place where two meet is {@link PendingAnswer}.
 */
final class InferExchange implements BodyListener.Reader {
    private final InferEndpoint endpoint;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final InferHead head;
    private final PendingAnswer pending;
    private final long arrival;
    private volatile WireTrace trace = WireTrace.NONE;
    private OutputFormat format = OutputFormat.JSON;
    private String requestId;
    private @Nullable AsyncContext context;

    InferExchange(InferEndpoint endpoint, InferHead head, HttpServletRequest request, HttpServletResponse response) {
        this.endpoint = endpoint;
        this.head = head;
        this.request = request;
        this.response = response;
        this.pending = new PendingAnswer(endpoint.answers().kind());
        this.arrival = WireTrace.arrival(endpoint.tracer());
        this.requestId = head.requestId();
    }

    /** Begins, on the servlet's thread. Every outcome is written to the response, now or later. */
    void start() {
        BodyBuffer body = null;
        try {
            body = endpoint.bodies().open(head);
            ServletInputStream in = request.getInputStream();
            if (endpoint.gate().readArrived(body, in)) {
                infer(body);
            } else {
                goAsync();
                in.setReadListener(new BodyListener(body, in, this));
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            refuse(body, e);
        }
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

    /** Decodes the complete body and starts the inference; answers if that ended at once. */
    private void infer(BodyBuffer body) {
        Map<String, String> headers = ForwardedHeaders.of(endpoint.forwarding(), request);
        trace = WireTrace.begin(
                endpoint.tracer(), Wire.HTTP, head.model().name(), request, HttpServletRequest::getHeader, arrival);
        DecodedRequest decoded = endpoint.bodies().decode(head, body.finish()).withHeaders(headers);
        format = decoded.format();
        if (!decoded.request().id().isEmpty()) {
            requestId = decoded.request().id();
        }
        pending.startedBy(decoded.withTrace(trace.ofRequest()).infer(endpoint.service(), pending));
        if (!pending.isEnded()) {
            goAsync();
            if (pending.waitFor(this::resume)) {
                return;
            }
        }
        answer(pending.take());
    }

    /** Goes on where the outcome has come, on the thread that brought it; that thread is not to be held for long. */
    private void resume() {
        try {
            InferenceResponse outcome = pending.take();
            if (byteSize(outcome) <= AnswerWriter.SMALL_BYTES) {
                answer(outcome);
            } else if (!endpoint.writer().run(() -> answerSafely(outcome))) {
                outcome.release();
                throw tooManySlowClients();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            refuse(null, e);
        }
    }

    private void answerSafely(InferenceResponse outcome) {
        try {
            write(endpoint.answers().success(outcome, format, head.answerCoding()));
        } catch (RuntimeException | OutOfMemoryError e) {
            refuse(null, e);
        }
    }

    /** Answers, on this thread if the answer is small. */
    private void answer(InferenceResponse outcome) {
        Answer answer = endpoint.answers().success(outcome, format, head.answerCoding());
        if (answer.byteSize() <= AnswerWriter.SMALL_BYTES) {
            write(answer);
            return;
        }
        try {
            goAsync();
            if (!endpoint.writer().run(() -> writeSafely(answer))) {
                throw tooManySlowClients();
            }
        } catch (RuntimeException e) {
            answer.close();
            throw e;
        }
    }

    private void writeSafely(Answer answer) {
        try {
            write(answer);
        } catch (RuntimeException e) {
            refuse(null, e);
        }
    }

    private static InferenceException tooManySlowClients() {
        return new InferenceException(
                ErrorCode.UNAVAILABLE, "too many large answers wait for their clients; retry later");
    }

    private static long byteSize(InferenceResponse outcome) {
        long size = 0;
        for (Tensor output : outcome.outputs()) {
            size += output.isHost() ? output.byteSize() : 0;
        }
        return size;
    }

    /** Answers with a failure, and gives back whatever is still held. */
    private void refuse(@Nullable BodyBuffer body, Throwable thrown) {
        if (body != null) {
            body.close();
        }
        pending.abandon();
        InferenceException failure = BodyListener.failure(thrown);
        Failures.log(failure, "infer " + head.model().name(), requestId);
        if (!response.isCommitted()) {
            response.reset();
            write(endpoint.answers().refusal(failure));
        } else if (context != null) {
            context.complete();
        } else {
            trace.end();
        }
    }

    private void write(Answer answer) {
        trace.sending();
        AnswerWriter.write(answer, response);
        trace.end();
        if (context != null) {
            context.complete();
        }
    }

    private void gone() {
        pending.abandon();
        trace.end();
    }

    private void goAsync() {
        if (context == null) {
            AsyncContext started = request.startAsync(request, response);
            // The engine owns deadlines; the container's own would cut off a model that may take its time.
            started.setTimeout(0);
            started.addListener(new ClientGone(this::gone));
            context = started;
        }
    }
}
