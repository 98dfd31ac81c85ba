package io.longshore.web.http;

import jakarta.servlet.http.HttpServletResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A complete HTTP answer, ready to be written: status, headers and the parts of a body. It owns what the parts live in
 * until {@link #close()}. Not thread-safe, but may be handed from one thread to another.
 */
public final class Answer implements AutoCloseable {
    private final int status;
    private final String contentType;
    private final List<ByteBuffer> parts;
    private final List<Header> headers = new ArrayList<>(2);
    private final Runnable onClose;
    private boolean isClosed;

    /**
     * @param parts the body, each part from its position to its limit
     * @param onClose run once, gives the memory of the parts back
     */
    public Answer(int status, String contentType, List<ByteBuffer> parts, Runnable onClose) {
        this.status = status;
        this.contentType = contentType;
        this.parts = List.copyOf(parts);
        this.onClose = onClose;
    }

    /** A JSON answer. */
    public static Answer json(int status, byte[] body) {
        return new Answer(status, "application/json", List.of(ByteBuffer.wrap(body)), () -> {});
    }

    /** Adds a header. */
    public Answer header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /** The size of the body in bytes. */
    public long byteSize() {
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        return size;
    }

    /** The parts of the body, not yet written. */
    List<ByteBuffer> parts() {
        return parts;
    }

    /** This answer in a coding; the memory of the uncompressed one is given back. */
    public Answer encoded(ContentCoding coding) {
        if (coding == ContentCoding.IDENTITY) {
            return this;
        }
        try (this) {
            ByteBuffer compressed = Compression.compress(coding, parts);
            Answer answer = new Answer(status, contentType, List.of(compressed), () -> {});
            answer.headers.addAll(headers);
            return answer.header("Content-Encoding", coding.token()).header("Vary", "Accept-Encoding");
        }
    }

    /** Sets status and headers, not the body. */
    void writeHead(HttpServletResponse response) {
        response.setStatus(status);
        response.setContentType(contentType);
        response.setContentLengthLong(byteSize());
        for (Header header : headers) {
            response.setHeader(header.name(), header.value());
        }
    }

    /** Gives the memory back. Further calls do nothing. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            onClose.run();
        }
    }

    private record Header(String name, String value) {}
}
