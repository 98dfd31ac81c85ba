package io.longshore.web.http;

import io.longshore.protocol.json.ChunkPool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the parts of a body piece by piece. Pieces end where the container's buffer of {@value #PIECE_BYTES} bytes ends,
 * so that each fills it and goes out in one system call. Heap parts are written from their own array, direct ones through
 * small ones that all bodies share and that stay in the processor's caches. Not thread-safe.
 */
final class AnswerBody {
    /** The largest piece, and the size to give to the container's buffer. */
    static final int PIECE_BYTES = 256 << 10;

    /** For as many bodies as are copied at the same moment. */
    private static final ChunkPool CHUNKS = new ChunkPool(16);

    private final List<ByteBuffer> parts;
    private int current;
    private long written;

    AnswerBody(List<ByteBuffer> parts) {
        this.parts = new ArrayList<>(parts.size());
        for (ByteBuffer part : parts) {
            this.parts.add(part.duplicate());
        }
    }

    /** Whether every byte was written. */
    boolean isDone() {
        while (current < parts.size() && !parts.get(current).hasRemaining()) {
            current++;
        }
        return current == parts.size();
    }

    /** Writes the next piece; nothing if all is done. */
    void writePiece(OutputStream out) throws IOException {
        if (isDone()) {
            return;
        }
        ByteBuffer part = parts.get(current);
        int count = (int) Math.min(part.remaining(), PIECE_BYTES - written % PIECE_BYTES);
        if (part.hasArray()) {
            out.write(part.array(), part.arrayOffset() + part.position(), count);
            part.position(part.position() + count);
        } else {
            count = Math.min(count, ChunkPool.CHUNK_BYTES);
            writeCopy(part, count, out);
        }
        written += count;
    }

    private static void writeCopy(ByteBuffer part, int count, OutputStream out) throws IOException {
        byte[] chunk = CHUNKS.take();
        try {
            part.get(chunk, 0, count);
            out.write(chunk, 0, count);
        } finally {
            CHUNKS.give(chunk);
        }
    }
}
