package io.longshore.web.grpc;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.protocol.grpc.PiecewiseSource;
import io.longshore.protocol.grpc.WireSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A message in the transport's own buffers, which are read in place: tensors are copied once, from there to their memory.
 * Not thread-safe; for as long as the stream is open.
 */
final class StreamSource extends PiecewiseSource {
    /** Bytes that are copied at once where the transport gives no buffer. */
    private static final int CHUNK = 1 << 16;

    private final InputStream stream;
    private final HasByteBuffer buffers;
    /** Bytes of the stream's current buffer, which are passed over in the stream once all are read here. */
    private int taken;

    private StreamSource(InputStream stream, HasByteBuffer buffers, int byteSize) {
        super(byteSize);
        this.stream = stream;
        this.buffers = buffers;
    }

    /**
     * The message in a stream.
     *
     * @param maxGathered bytes that a message may have that is not in the transport's buffers, as a compressed one; it is
     *     gathered on the heap
     * @throws InferenceException INVALID_ARGUMENT if such a message is larger, or cannot be read
     */
    static WireSource of(InputStream stream, long maxGathered) {
        try {
            return stream instanceof HasByteBuffer buffers && stream instanceof KnownLength
                    ? new StreamSource(stream, buffers, stream.available())
                    : WireSource.of(gather(stream, maxGathered));
        } catch (IOException e) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT, "failed to read the request message: " + e.getMessage(), e);
        }
    }

    private static byte[] gather(InputStream stream, long maxGathered) throws IOException {
        int limit = (int) Math.min(maxGathered, Integer.MAX_VALUE - 16);
        byte[] message = stream.readNBytes(limit);
        if (message.length == limit && stream.read() >= 0) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a compressed message may have " + limit + " bytes once decompressed; send it uncompressed");
        }
        return message;
    }

    /** The stream frees the piece before. */
    @Override
    protected ByteBuffer nextPiece() throws IOException {
        stream.skipNBytes(taken);
        taken = 0;
        return buffers.byteBufferSupported() ? lent() : copied();
    }

    private ByteBuffer lent() throws EOFException {
        ByteBuffer next = buffers.getByteBuffer();
        if (next == null) {
            throw ended();
        }
        taken = next.remaining();
        return next.duplicate();
    }

    /** Now and then a piece of a message is no buffer, and then the rest of the message says that it has none. */
    private ByteBuffer copied() throws IOException {
        byte[] chunk = stream.readNBytes((int) Math.min(CHUNK, remaining()));
        if (chunk.length == 0) {
            throw ended();
        }
        return ByteBuffer.wrap(chunk);
    }
}
