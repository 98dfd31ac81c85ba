package io.longshore.web.grpc;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message as gRPC's transport hands it over: in pieces that can be read in place. The pieces depend on the message alone. */
final class TransportStream extends InputStream implements KnownLength, HasByteBuffer {
    private final byte[] message;
    private final int pieceSize;
    private int position;

    TransportStream(byte[] message) {
        this.message = message;
        this.pieceSize = 1 + Math.floorMod(Arrays.hashCode(message), 64);
    }

    @Override
    public boolean byteBufferSupported() {
        return true;
    }

    @Override
    public @Nullable ByteBuffer getByteBuffer() {
        return position == message.length
                ? null
                : ByteBuffer.wrap(message, position, pieceEnd() - position)
                        .slice()
                        .asReadOnlyBuffer();
    }

    private int pieceEnd() {
        return Math.min(message.length, (position / pieceSize + 1) * pieceSize);
    }

    @Override
    public int read() {
        return position == message.length ? -1 : message[position++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (position == message.length) {
            return -1;
        }
        int count = Math.min(length, message.length - position);
        System.arraycopy(message, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public long skip(long count) {
        int skipped = (int) Math.max(0, Math.min(count, message.length - position));
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return message.length - position;
    }
}
