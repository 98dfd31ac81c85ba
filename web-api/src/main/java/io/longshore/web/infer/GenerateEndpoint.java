package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.GenerateResponseEncoder;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ContentCoding;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes generate requests, those for one response and those for a stream; made once and shared. Thread-safe.
 *
 * @param infer what both kinds need
 * @param encoder writes streamed responses
 */
record GenerateEndpoint(InferEndpoint infer, GenerateResponseEncoder encoder) {
    /**
     * Answers the request if its path is that of a generate request.
     *
     * @param path as {@link io.longshore.web.http.RequestPath} gives it
     */
    boolean takes(String path, HttpServletRequest request, HttpServletResponse response) {
        ModelSelector streamed = InferTarget.of(path, InferTarget.GENERATE_STREAM);
        ModelSelector single = streamed == null ? InferTarget.of(path, InferTarget.GENERATE) : null;
        if (streamed != null) {
            InferHead head = head(streamed, request, response);
            if (head != null) {
                new StreamExchange(infer, encoder, head, request, response).start();
            }
        } else if (single != null) {
            InferHead head = head(single, request, response);
            if (head != null) {
                new InferExchange(infer, head, request, response).start();
            }
        }
        return streamed != null || single != null;
    }

    /** What the headers say; null where that is refused. */
    private static @Nullable InferHead head(
            ModelSelector model, HttpServletRequest request, HttpServletResponse response) {
        Optional<ContentCoding> coding = ContentCoding.ofContentEncoding(request.getHeader("Content-Encoding"));
        if (coding.isPresent() && coding.get() == ContentCoding.IDENTITY) {
            return InferHead.ofText(model, request);
        }
        AnswerWriter.write(
                InferAnswers.failure(new InferenceException(
                        ErrorCode.INVALID_ARGUMENT, "Unsupported content-encoding, only 'identity' is supported.")),
                response);
        return null;
    }
}
