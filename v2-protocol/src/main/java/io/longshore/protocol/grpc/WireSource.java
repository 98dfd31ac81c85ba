package io.longshore.protocol.grpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One message on its way in, read once from its first byte to its last. Whoever reads it asks for no more than
 * {@link #remaining()}. Not thread-safe.
 */
public interface WireSource {
    /** The bytes that are left. They have been received: memory for them may be allocated. */
    long remaining();

    /**
     * The next byte.
     *
     * @throws IOException if the message cannot be read
     */
    byte next() throws IOException;

    /**
     * Fills a buffer from its position to its limit.
     *
     * @throws IOException if the message cannot be read
     */
    void fill(ByteBuffer target) throws IOException;

    /**
     * Passes over bytes.
     *
     * @throws IOException if the message cannot be read
     */
    void skip(long count) throws IOException;

    /** A message in an array, which must not change until it is read. */
    static WireSource of(byte[] message) {
        return of(List.of(ByteBuffer.wrap(message)));
    }

    /** A message in pieces, each from its position to its limit. The buffers' positions stay as they are. */
    static WireSource of(List<ByteBuffer> pieces) {
        return new BufferSource(pieces);
    }
}
