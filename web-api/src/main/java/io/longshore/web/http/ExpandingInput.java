package io.longshore.web.http;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** A compressed body, expanded as it is read and counted on the way. Not thread-safe. */
final class ExpandingInput extends InputStream {
    /** Bytes that tell a coding. */
    private static final int MAGIC_BYTES = 2;

    private final ContentCoding coding;
    private final InputStream body;
    private final long limit;
    private @Nullable InputStream expanded;
    private long count;

    ExpandingInput(ContentCoding coding, InputStream body, long limit) {
        this.coding = coding;
        this.body = body;
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read;
        try {
            read = expanded().read(target, offset, length);
        } catch (ZipException | EOFException e) {
            throw Decompression.invalid(coding, e);
        }
        count += Math.max(0, read);
        if (count > limit) {
            throw Decompression.tooLarge(limit);
        }
        return read;
    }

    /** Nothing is read before somebody wants it. */
    private InputStream expanded() throws IOException {
        if (expanded == null) {
            byte[] first = body.readNBytes(MAGIC_BYTES);
            InputStream whole = new SequenceInputStream(new ByteArrayInputStream(first), body);
            expanded =
                    Decompression.isEncoded(coding, ByteBuffer.wrap(first)) ? Decompression.open(coding, whole) : whole;
        }
        return expanded;
    }

    @Override
    public void close() throws IOException {
        if (expanded != null) {
            expanded.close();
        }
        body.close();
    }
}
