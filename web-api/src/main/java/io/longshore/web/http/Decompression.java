package io.longshore.web.http;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Expands compressed request bodies, up to a limit, so that a small body cannot become a large one unseen. */
public final class Decompression {
    private static final int INFLATER_BYTES = 16 << 10;

    private Decompression() {}

    /**
     * Whether the bytes are in the coding's format, by its first two bytes. Liberty expands gzip and deflate by itself
     * unless it is configured not to, and keeps the header: a body that says gzip and is not has been expanded already.
     */
    public static boolean isEncoded(ContentCoding coding, ByteBuffer body) {
        if (body.remaining() < 2) {
            return false;
        }
        int first = body.get(body.position()) & 0xFF;
        int second = body.get(body.position() + 1) & 0xFF;
        return switch (coding) {
            case IDENTITY -> false;
            case GZIP -> first == 0x1F && second == 0x8B;
            // RFC 1950: compression method 8, and both bytes together a multiple of 31.
            case DEFLATE -> (first & 0x0F) == 8 && (first << 8 | second) % 31 == 0;
        };
    }

    /**
     * Expands a body.
     *
     * @param limit bytes it may have when expanded
     * @return one reference, which the caller releases; the compressed memory stays the caller's
     * @throws InferenceException INVALID_ARGUMENT if it is larger, or is not in the coding's format
     */
    public static HostMemory expand(ContentCoding coding, HostMemory body, MemoryAllocator allocator, long limit) {
        try (BodyBuffer expanded = BodyBuffer.growing(allocator, limit, size -> tooLarge(limit));
                InputStream in = open(coding, new BufferInput(body.buffer()))) {
            while (expanded.readFrom(in)) {
                // Each round reads one piece.
            }
            return expanded.finish();
        } catch (IOException e) {
            throw invalid(coding, e);
        }
    }

    /** The failure for a body that is too large once expanded, in Triton's words. */
    public static InferenceException tooLarge(long limit) {
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT,
                "Decompressed data size exceeds the maximum allowed value of " + limit
                        + " bytes. Use --http-max-input-size to increase the limit.");
    }

    /** The refusal of a coding that is not supported, in Triton's words. */
    public static InferenceException unsupported() {
        return new InferenceException(ErrorCode.UNSUPPORTED, "Unsupported compression type");
    }

    /**
     * Expands a body while it is read. One that does not begin as its coding has it is read as it is, see {@link #isEncoded}.
     *
     * @param limit bytes it may have when expanded
     * @return its reads throw InferenceException, INVALID_ARGUMENT, where {@link #expand} would
     */
    public static InputStream expanding(ContentCoding coding, InputStream body, long limit) {
        return new ExpandingInput(coding, body, limit);
    }

    /** The failure for a body that is not what its header says. */
    static InferenceException invalid(ContentCoding coding, IOException cause) {
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT,
                "the request body is not valid " + coding.token() + ": " + cause.getMessage(),
                cause);
    }

    /** Expands a stream that begins as its coding has it. */
    static InputStream open(ContentCoding coding, InputStream in) throws IOException {
        return coding == ContentCoding.GZIP ? new GZIPInputStream(in, INFLATER_BYTES) : new InflaterInputStream(in);
    }

    /** The bytes of a buffer as a stream. */
    private static final class BufferInput extends InputStream {
        private final ByteBuffer source;

        BufferInput(ByteBuffer source) {
            this.source = source;
        }

        @Override
        public int read() {
            return source.hasRemaining() ? source.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (!source.hasRemaining()) {
                return -1;
            }
            int count = Math.min(length, source.remaining());
            source.get(target, offset, count);
            return count;
        }

        @Override
        public int available() {
            return source.remaining();
        }
    }
}
