package io.longshore.protocol.grpc;

import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Gathers bytes in an array and hands it on whenever it is full, so that a small message is one write. Not thread-safe. */
final class ChunkWriter {
    private final OutputStream out;
    private final byte[] chunk;
    private int used;

    ChunkWriter(OutputStream out, byte[] chunk) {
        this.out = out;
        this.chunk = chunk;
    }

    void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    /** Writes what the buffer has left. */
    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (used == chunk.length) {
                flush();
            }
            int count = Math.min(bytes.remaining(), chunk.length - used);
            bytes.get(chunk, used, count);
            used += count;
        }
    }

    /** Writes the tag of a field and the length of what follows. */
    void writePrefix(int field, int length) throws IOException {
        writeVarint(field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
        writeVarint(length);
    }

    private void writeVarint(int value) throws IOException {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            writeByte(rest | 0x80);
            rest >>>= 7;
        }
        writeByte(rest);
    }

    private void writeByte(int value) throws IOException {
        if (used == chunk.length) {
            flush();
        }
        chunk[used++] = (byte) value;
    }

    /** Hands on what is gathered. */
    void flush() throws IOException {
        if (used > 0) {
            out.write(chunk, 0, used);
            used = 0;
        }
    }
}
