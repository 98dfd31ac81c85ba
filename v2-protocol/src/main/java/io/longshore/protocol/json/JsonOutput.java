package io.longshore.protocol.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON text in the making, in chunks of recycled memory, UTF-8. The caller sees to the structure; this class to what
 * stands for a value. Not thread-safe.
 */
public final class JsonOutput {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    static final byte[] TRUE = ascii("true");
    static final byte[] FALSE = ascii("false");
    /** What one character takes at most, escaped. */
    private static final int MAX_ESCAPED = 6;

    private final ChunkPool pool;
    private final List<ByteBuffer> full = new ArrayList<>(2);
    private final List<byte[]> fullChunks = new ArrayList<>(2);
    private byte[] chunk;
    private int pos;

    /** An empty text with memory from a pool, to be given back by {@link #release}. */
    public JsonOutput(ChunkPool pool) {
        this.pool = pool;
        this.chunk = pool.take();
    }

    /** The ASCII bytes of a text that is written often, for {@link #raw(byte[])}. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes bytes as they are; at most {@link ChunkPool#CHUNK_BYTES}. */
    public JsonOutput raw(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, chunk, pos, bytes.length);
        pos += bytes.length;
        return this;
    }

    /** Writes one ASCII character as it is. */
    public JsonOutput raw(char character) {
        reserve(1);
        chunk[pos++] = (byte) character;
        return this;
    }

    /** Writes a string in quotes. A surrogate without its pair becomes a question mark. */
    public JsonOutput string(String value) {
        raw('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            reserve(MAX_ESCAPED);
            if (character < 0x80) {
                writeAscii((byte) character);
            } else if (Character.isHighSurrogate(character)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
                writeCodePoint(Character.toCodePoint(character, value.charAt(i)));
            } else {
                writeCodePoint(Character.isSurrogate(character) ? '?' : character);
            }
        }
        return raw('"');
    }

    /** Writes an integer. */
    public JsonOutput integer(long value) {
        reserve(DecimalText.MAX_LENGTH);
        pos = DecimalText.writeLong(value, chunk, pos);
        return this;
    }

    /** Writes a decimal, the shortest that reads back as the same double. */
    public JsonOutput decimal(double value) {
        reserve(DecimalText.MAX_LENGTH);
        pos = DoubleText.write(value, chunk, pos);
        return this;
    }

    /** Writes {@code true} or {@code false}. */
    public JsonOutput bool(boolean value) {
        return raw(value ? TRUE : FALSE);
    }

    /**
     * Writes UTF-8 bytes as a string in quotes.
     *
     * @return false where they are not UTF-8; what was written so far is of no use then
     */
    boolean utf8String(byte[] text, int from, int to) {
        raw('"');
        int at = from;
        while (at < to) {
            int plain = Utf8.plainEnd(text, at, to);
            copy(text, at, plain);
            at = plain;
            if (at < to) {
                int length = Utf8.characterLength(text, at, to);
                if (length == 0) {
                    return false;
                }
                reserve(MAX_ESCAPED);
                if (length == 1) {
                    writeAscii(text[at]);
                } else {
                    copy(text, at, at + length);
                }
                at += length;
            }
        }
        raw('"');
        return true;
    }

    /** Makes room for a number of bytes in the chunk, which {@link #chunk} and {@link #position} give access to. */
    void reserve(int bytes) {
        if (chunk.length - pos < bytes) {
            full.add(ByteBuffer.wrap(chunk, 0, pos));
            fullChunks.add(chunk);
            chunk = pool.take();
            pos = 0;
        }
    }

    /** The chunk that is being filled. */
    byte[] chunk() {
        return chunk;
    }

    /** The first free byte in {@link #chunk}. */
    int position() {
        return pos;
    }

    /** Tells how far {@link #chunk} was filled. */
    void moveTo(int position) {
        pos = position;
    }

    /** The text as one array, for a small body. Releases the memory. */
    public byte[] toByteArray() {
        List<ByteBuffer> parts = parts();
        ByteBuffer whole = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(whole::put);
        release();
        return whole.array();
    }

    /** The text in parts, in heap memory that {@link #release} takes back. */
    public List<ByteBuffer> parts() {
        List<ByteBuffer> parts = new ArrayList<>(full.size() + 4);
        parts.addAll(full);
        parts.add(ByteBuffer.wrap(chunk, 0, pos));
        return parts;
    }

    /** Gives the memory back; the text must not be used any more. */
    public void release() {
        fullChunks.forEach(pool::give);
        fullChunks.clear();
        full.clear();
        pool.give(chunk);
    }

    private void copy(byte[] text, int from, int to) {
        int at = from;
        while (at < to) {
            reserve(1);
            int length = Math.min(to - at, chunk.length - pos);
            System.arraycopy(text, at, chunk, pos, length);
            pos += length;
            at += length;
        }
    }

    private void writeAscii(byte character) {
        if (Utf8.isPlain(character)) {
            chunk[pos++] = character;
            return;
        }
        chunk[pos++] = '\\';
        byte letter = escapeLetter(character);
        chunk[pos++] = letter;
        if (letter == 'u') {
            chunk[pos++] = '0';
            chunk[pos++] = '0';
            chunk[pos++] = HEX[character >> 4];
            chunk[pos++] = HEX[character & 0xF];
        }
    }

    private static byte escapeLetter(byte character) {
        return (byte)
                switch (character) {
                    case '"' -> '"';
                    case '\\' -> '\\';
                    case '\b' -> 'b';
                    case '\f' -> 'f';
                    case '\n' -> 'n';
                    case '\r' -> 'r';
                    case '\t' -> 't';
                    default -> 'u';
                };
    }

    private void writeCodePoint(int codePoint) {
        pos += Utf8.put(codePoint, ByteBuffer.wrap(chunk), pos);
    }
}
