package io.longshore.web.infer;

import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.InferenceHeaderLength;
import io.longshore.web.http.ContentCoding;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What the path and the headers of an inference request say.
 *
 * @param model the model wanted
 * @param coding how the body is encoded
 * @param contentLength bytes of the encoded body, or -1 where they are not announced
 * @param headerLength {@code Inference-Header-Content-Length} as sent; null = the body is JSON alone
 * @param answerCoding how the client wants the answer encoded
 * @param requestId {@code X-Request-Id} as sent, or empty
 */
record InferHead(
        ModelSelector model,
        ContentCoding coding,
        long contentLength,
        @Nullable String headerLength,
        ContentCoding answerCoding,
        String requestId) {

    /** Reads the headers of a request whose body has this coding. */
    static InferHead of(ModelSelector model, ContentCoding coding, HttpServletRequest request) {
        return new InferHead(
                model,
                coding,
                request.getContentLengthLong(),
                request.getHeader(InferenceHeaderLength.NAME),
                ContentCoding.ofAcceptEncoding(request.getHeader("Accept-Encoding")),
                requestId(request));
    }

    /** Reads the headers of a request whose body and answer are plain JSON. */
    static InferHead ofText(ModelSelector model, HttpServletRequest request) {
        return new InferHead(
                model,
                ContentCoding.IDENTITY,
                request.getContentLengthLong(),
                null,
                ContentCoding.IDENTITY,
                requestId(request));
    }

    private static String requestId(HttpServletRequest request) {
        String requestId = request.getHeader("X-Request-Id");
        return requestId == null ? "" : requestId;
    }

    /** The same head of a body that is JSON alone, whatever the headers say. */
    InferHead withoutBinary() {
        return new InferHead(model, coding, contentLength, null, answerCoding, requestId);
    }

    /** Whether binary tensors may follow the JSON. */
    boolean isBinary() {
        return headerLength != null;
    }
}
