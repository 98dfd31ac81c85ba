package io.longshore.protocol.grpc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A message that comes in pieces, one after the other. Not thread-safe. */
public abstract class PiecewiseSource implements WireSource {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private ByteBuffer current = NO_BYTES;
    private long remaining;

    /** @param byteSize of the whole message */
    protected PiecewiseSource(long byteSize) {
        this.remaining = byteSize;
    }

    /**
     * The piece behind the last one, which is read to its end and not used any more.
     *
     * @return bytes from position to limit, maybe none; its position is this object's to move
     * @throws IOException if there is none, or it cannot be had
     */
    protected abstract ByteBuffer nextPiece() throws IOException;

    @Override
    public final long remaining() {
        return remaining;
    }

    @Override
    public final byte next() throws IOException {
        findBytes();
        remaining--;
        return current.get();
    }

    @Override
    public final void fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            findBytes();
            int count = Math.min(target.remaining(), current.remaining());
            target.put(current.slice(current.position(), count));
            pass(count);
        }
    }

    @Override
    public final void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            findBytes();
            int here = (int) Math.min(left, current.remaining());
            pass(here);
            left -= here;
        }
    }

    /** What is thrown where a message ends too early. */
    protected static EOFException ended() {
        return new EOFException("the message has no bytes left");
    }

    /** Goes on to a piece with bytes left. */
    private void findBytes() throws IOException {
        while (!current.hasRemaining()) {
            if (remaining == 0) {
                throw ended();
            }
            current = nextPiece();
        }
    }

    private void pass(int count) {
        current.position(current.position() + count);
        remaining -= count;
    }
}
