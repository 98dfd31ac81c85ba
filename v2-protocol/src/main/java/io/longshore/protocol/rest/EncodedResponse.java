package io.longshore.protocol.rest;

import io.longshore.protocol.json.JsonOutput;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * A response body, ready to be written: the JSON, then the binary tensors in place. It owns the recycled memory of its
 * JSON and the response's references to its outputs until {@link #close()}; the parts must not be used after that.
 *
 * <p>Not thread-safe, but may be handed from one thread to another.
 */
public final class EncodedResponse implements AutoCloseable {
    private final List<ByteBuffer> parts;
    private final int jsonLength;
    private final boolean binary;
    private final long byteSize;
    private final Runnable onClose;
    private boolean closed;

    /**
     * A body of parts.
     *
     * @param jsonLength bytes of JSON in front
     * @param binary whether binary tensors are announced, of whatever size
     * @param onClose gives back what the parts live in
     */
    EncodedResponse(List<ByteBuffer> parts, int jsonLength, boolean binary, Runnable onClose) {
        this.parts = parts;
        this.jsonLength = jsonLength;
        this.binary = binary;
        this.onClose = onClose;
        long size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        this.byteSize = size;
    }

    /** A body of JSON alone. It takes over the text's memory. */
    static EncodedResponse ofJson(JsonOutput text) {
        List<ByteBuffer> parts = List.copyOf(text.parts());
        return new EncodedResponse(parts, byteSize(parts), false, text::release);
    }

    /** The bytes of parts of a text, which has less than 2 GiB. */
    static int byteSize(List<ByteBuffer> parts) {
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        return size;
    }

    /** {@code application/json}, or {@code application/octet-stream} where an output is binary. */
    public String contentType() {
        return binary ? "application/octet-stream" : "application/json";
    }

    /** The bytes of JSON in front, for {@code Inference-Header-Content-Length}; empty where no output is binary. */
    public OptionalInt jsonLength() {
        return binary ? OptionalInt.of(jsonLength) : OptionalInt.empty();
    }

    /** The size of the whole body. */
    public long byteSize() {
        return byteSize;
    }

    /**
     * The body's bytes in order, each buffer from its position to its limit: first JSON, in heap memory with an
     * accessible array, then tensors, mostly direct. The same buffers on every call.
     */
    public List<ByteBuffer> parts() {
        return parts;
    }

    /** Gives all memory back. Further calls do nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onClose.run();
        }
    }
}
