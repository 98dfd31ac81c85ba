package io.longshore.schedule;

import java.nio.ByteBuffer;

/**
 * What a request asks of a model, as the 256 bits of a SHA-256: equal for equal questions, and for others never equal in
 * practice, not even where somebody looks for two that are.
 *
 * @param first bits 0 to 63
 * @param second bits 64 to 127
 * @param third bits 128 to 191
 * @param fourth bits 192 to 255
 */
public record RequestDigest(long first, long second, long third, long fourth) {
    /** Bytes of the hash. */
    static final int BYTES = 32;

    /** The digest of these {@value #BYTES} bytes. */
    static RequestDigest of(byte[] hash) {
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new RequestDigest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    /** The bits are random already. */
    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }
}
