package io.longshore.web.grpc;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.protocol.grpc.WireSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A message in the transport's own buffers, which are read in place: tensors are copied once, from there to their memory.
 * Not thread-safe; for as long as the stream is open.
 */
final class StreamSource implements WireSource {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    /** Bytes that are copied at once where the transport gives no buffer. */
    private static final int CHUNK = 1 << 16;

    private final InputStream stream;
    private final HasByteBuffer buffers;
    private ByteBuffer current = NO_BYTES;
    /** Bytes of the stream's current buffer, which are passed over in the stream once all are read here. */
    private int taken;

    private long remaining;

    private StreamSource(InputStream stream, HasByteBuffer buffers, int byteSize) {
        this.stream = stream;
        this.buffers = buffers;
        this.remaining = byteSize;
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

    @Override
    public long remaining() {
        return remaining;
    }

    @Override
    public byte next() throws IOException {
        findBytes();
        remaining--;
        return current.get();
    }

    @Override
    public void fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            findBytes();
            int count = Math.min(target.remaining(), current.remaining());
            target.put(current.slice(current.position(), count));
            pass(count);
        }
    }

    @Override
    public void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            findBytes();
            int here = (int) Math.min(left, current.remaining());
            pass(here);
            left -= here;
        }
    }

    private void pass(int count) {
        current.position(current.position() + count);
        remaining -= count;
    }

    /** Goes on to a buffer with bytes left. The stream frees the one before. */
    private void findBytes() throws IOException {
        while (!current.hasRemaining()) {
            stream.skipNBytes(taken);
            taken = 0;
            if (remaining == 0) {
                throw new EOFException("the message has no bytes left");
            }
            current = buffers.byteBufferSupported() ? lent() : copied();
        }
    }

    private ByteBuffer lent() throws EOFException {
        ByteBuffer next = buffers.getByteBuffer();
        if (next == null) {
            throw new EOFException("the message has no bytes left");
        }
        taken = next.remaining();
        return next.duplicate();
    }

    /** Now and then a piece of a message is no buffer, and then the rest of the message says that it has none. */
    private ByteBuffer copied() throws IOException {
        byte[] chunk = stream.readNBytes((int) Math.min(CHUNK, remaining));
        if (chunk.length == 0) {
            throw new EOFException("the message has no bytes left");
        }
        return ByteBuffer.wrap(chunk);
    }
}
