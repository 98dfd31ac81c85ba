package io.longshore.protocol.grpc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/** A message in pieces. */
final class BufferSource implements WireSource {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private final Iterator<ByteBuffer> later;
    private ByteBuffer current = NO_BYTES;
    private long remaining;

    BufferSource(List<ByteBuffer> pieces) {
        this.later = pieces.iterator();
        for (ByteBuffer piece : pieces) {
            remaining += piece.remaining();
        }
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

    /** Goes on to a piece with bytes left. */
    private void findBytes() throws IOException {
        while (!current.hasRemaining()) {
            if (!later.hasNext()) {
                throw new EOFException("the message has no bytes left");
            }
            current = later.next().duplicate();
        }
    }

    private void pass(int count) {
        current.position(current.position() + count);
        remaining -= count;
    }
}
