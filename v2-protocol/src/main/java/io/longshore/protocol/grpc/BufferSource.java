package io.longshore.protocol.grpc;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/** A message in buffers, whose positions stay as they are. */
final class BufferSource extends PiecewiseSource {
    private final Iterator<ByteBuffer> later;

    BufferSource(List<ByteBuffer> pieces) {
        super(pieces.stream().mapToLong(ByteBuffer::remaining).sum());
        this.later = pieces.iterator();
    }

    @Override
    protected ByteBuffer nextPiece() throws EOFException {
        if (!later.hasNext()) {
            throw ended();
        }
        return later.next().duplicate();
    }
}
