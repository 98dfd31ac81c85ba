package io.longshore.web.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses answers at the fastest level: the time is spent on the server's threads, and numbers gain little from a
 * slower one.
 */
final class Compression {
    private static final int CHUNK_BYTES = 64 << 10;

    private Compression() {}

    /** The bytes of all parts, in order, in the coding's format. The parts' positions stay where they are. */
    static ByteBuffer compress(ContentCoding coding, List<ByteBuffer> parts) {
        ByteArrayOutputStream result = new ByteArrayOutputStream(CHUNK_BYTES);
        try (OutputStream out = open(coding, result)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (ByteBuffer part : parts) {
                copy(part.duplicate(), chunk, out);
            }
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return ByteBuffer.wrap(result.toByteArray());
    }

    private static void copy(ByteBuffer source, byte[] chunk, OutputStream out) throws IOException {
        while (source.hasRemaining()) {
            int count = Math.min(chunk.length, source.remaining());
            source.get(chunk, 0, count);
            out.write(chunk, 0, count);
        }
    }

    private static OutputStream open(ContentCoding coding, OutputStream target) throws IOException {
        return coding == ContentCoding.GZIP ? new FastGzip(target) : new FastZlib(target);
    }

    /** GZIP whose level can be chosen. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream target) throws IOException {
            super(target, CHUNK_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /** Zlib that ends its native deflater when it is closed. */
    private static final class FastZlib extends DeflaterOutputStream {
        FastZlib(OutputStream target) {
            super(target, new Deflater(Deflater.BEST_SPEED), CHUNK_BYTES);
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                def.end();
            }
        }
    }
}
