package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.protocol.rest.EncodedResponse;
import io.longshore.protocol.rest.GenerateResponseEncoder;
import io.longshore.web.failure.Failures;
import io.longshore.web.failure.StatusMapper;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.trace.WireTrace;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * Writes an answer of server-sent events. The status is that of the first one; a failure that comes first and is not the
 * model's is an answer like every other. Used by one thread at a time.
 */
final class EventOutput {
    private static final Logger LOG = System.getLogger(EventOutput.class.getName());
    private static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";

    private final GenerateResponseEncoder encoder;
    private final AsyncContext context;
    private final HttpServletResponse response;
    private final String subject;
    private WireTrace trace = WireTrace.NONE;
    private boolean begun;
    private boolean isAnswered;

    /** @param subject what was asked for, for the log */
    EventOutput(GenerateResponseEncoder encoder, AsyncContext context, HttpServletResponse response, String subject) {
        this.encoder = encoder;
        this.context = context;
        this.response = response;
        this.subject = subject;
    }

    /** Names the trace that is to know of the first event and of the end; before either. */
    void traced(WireTrace wireTrace) {
        trace = wireTrace;
    }

    /** Writes a response, which is released; where it cannot be written, why. */
    void write(InferenceResponse next) throws IOException {
        EncodedResponse event;
        try {
            event = encoder.encodeEvent(next);
        } catch (RuntimeException | OutOfMemoryError e) {
            write(Failures.coded(e));
            return;
        } finally {
            next.release();
        }
        write(200, event);
    }

    /** Writes a failure. */
    void write(InferenceException failure) throws IOException {
        Failures.log(failure, subject, "");
        if (begun || failure.code().blame() == ErrorCode.Blame.SERVER) {
            write(StatusMapper.status(failure.code()), encoder.errorEvent(failure.getMessage()));
        } else {
            answer(failure);
        }
    }

    /** Answers with a failure, if nothing was written, and ends. */
    void failBeforeWriting(InferenceException failure) {
        Failures.log(failure, subject, "");
        if (!begun) {
            answer(failure);
        }
        end();
    }

    private void answer(InferenceException failure) {
        begun = true;
        isAnswered = true;
        AnswerWriter.write(InferAnswers.failure(failure), response);
    }

    private void write(int status, EncodedResponse event) throws IOException {
        try (event) {
            if (isAnswered) {
                return;
            }
            begin(status);
            ServletOutputStream out = response.getOutputStream();
            for (ByteBuffer part : event.parts()) {
                out.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
            }
            out.flush();
        }
    }

    private void begin(int status) {
        if (!begun) {
            begun = true;
            trace.sending();
            response.setStatus(status);
            response.setHeader("Content-Type", CONTENT_TYPE);
        }
    }

    /** Ends an answer that is complete. */
    void finish() throws IOException {
        begin(200);
        response.flushBuffer();
        end();
    }

    /** Ends the exchange. */
    void end() {
        trace.end();
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "the container had ended the exchange already", e);
        }
    }
}
