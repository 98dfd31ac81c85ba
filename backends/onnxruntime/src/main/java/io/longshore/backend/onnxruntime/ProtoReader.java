package io.longshore.backend.onnxruntime;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Walks over protobuf messages without reading what nobody asks for: weights are skipped by moving the file's position.
 * Not thread-safe.
 *
 * <p>Source: protobuf's encoding guide.
 */
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;
    private static final int MAX_TEXT_BYTES = 1 << 20;

    private final InputStream source;
    private long position;
    private int field;
    private int wireType;

    /** @param source the message's bytes; skipping in it should be cheap */
    ProtoReader(InputStream source) {
        this.source = source;
    }

    /**
     * Goes on to the next field of the message that ends at {@code end}.
     *
     * @return false at the message's end
     */
    boolean nextField(long end) throws IOException {
        if (position >= end) {
            if (position > end) {
                throw new IOException("a field ends at byte " + position + ", behind its message's end at " + end);
            }
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        return true;
    }

    /** The number of the current field. */
    int field() {
        return field;
    }

    /** The current field's value as an integer. */
    long integer() throws IOException {
        expect(VARINT);
        return varint();
    }

    /** The current field's value as text. */
    String text() throws IOException {
        long length = length();
        if (length > MAX_TEXT_BYTES) {
            throw new IOException("a text of " + length + " bytes at byte " + position);
        }
        byte[] bytes = source.readNBytes((int) length);
        if (bytes.length < length) {
            throw new EOFException("the file ends within a text at byte " + position);
        }
        position += length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Enters the message that is the current field's value.
     *
     * @return where it ends
     */
    long message() throws IOException {
        long length = length();
        return position + length;
    }

    /** Passes over the current field's value. */
    void skip() throws IOException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED_64 -> skipBytes(Long.BYTES);
            case LENGTH_DELIMITED -> skipBytes(length());
            case FIXED_32 -> skipBytes(Integer.BYTES);
            default -> throw new IOException("wire type " + wireType + " at byte " + position);
        }
    }

    private long length() throws IOException {
        expect(LENGTH_DELIMITED);
        long length = varint();
        if (length < 0) {
            throw new IOException("a negative length at byte " + position);
        }
        return length;
    }

    private void expect(int expected) throws IOException {
        if (wireType != expected) {
            throw new IOException("field " + field + " has wire type " + wireType + " at byte " + position);
        }
    }

    private void skipBytes(long count) throws IOException {
        try {
            source.skipNBytes(count);
        } catch (EOFException e) {
            throw new IOException("the file ends within field " + field + " that begins at byte " + position, e);
        }
        position += count;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = source.read();
            if (next < 0) {
                throw new EOFException("the file ends at byte " + position);
            }
            position++;
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IOException("an integer of more than ten bytes at byte " + position);
    }
}
