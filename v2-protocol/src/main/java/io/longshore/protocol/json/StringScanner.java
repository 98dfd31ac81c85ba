package io.longshore.protocol.json;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads strings as elements of BYTES: each its UTF-8 behind its length. The size is not known before the end, so an array
 * is scanned twice: to measure, then to write.
 */
final class StringScanner extends ArrayScanner {
    private final @Nullable ByteBuffer out;
    private final long expected;
    private final long maxByteSize;
    private final String input;
    private int written;

    /**
     * A scanner of one array.
     *
     * @param input the tensor's name, for messages
     * @param out where the elements go; null to measure only
     * @param expected the elements that the shape has
     * @param maxByteSize the tensor's bytes at most
     */
    StringScanner(JsonText text, String input, @Nullable ByteBuffer out, long expected, long maxByteSize) {
        super(text);
        this.input = input;
        this.out = out;
        this.expected = expected;
        this.maxByteSize = maxByteSize;
    }

    /** The tensor's bytes so far. */
    int byteSize() {
        return written;
    }

    @Override
    protected void run() {
        do {
            if (at(pos) != '"') {
                throw wrongElement("string", "string");
            }
            if (count == expected) {
                throw JsonFaults.tooManyStrings();
            }
            readString();
            count++;
        } while (more());
    }

    private void readString() {
        int lengthAt = written;
        reserve(Integer.BYTES);
        pos++;
        while (true) {
            int plain = Utf8.plainEnd(in, pos, end());
            copy(plain - pos);
            int next = at(pos);
            if (pos >= end()) {
                throw fault("Missing a closing quotation mark in string.");
            }
            if (next == '"') {
                break;
            }
            if (next == '\\') {
                pos++;
                readEscape();
            } else {
                readCharacter(next);
            }
        }
        pos++;
        if (out != null) {
            out.putInt(lengthAt, written - lengthAt - Integer.BYTES);
        }
    }

    private void readCharacter(int first) {
        if (first >= 0) {
            throw fault("A control character that is not escaped in a string.");
        }
        int length = Utf8.characterLength(in, pos, end());
        if (length == 0) {
            throw fault("Invalid encoding in string.");
        }
        copy(length);
    }

    private void copy(int length) {
        int at = written;
        reserve(length);
        if (out != null) {
            out.put(at, in, pos, length);
        }
        pos += length;
    }

    private void readEscape() {
        int codePoint = switch (at(pos)) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> readUnicode();
            default -> throw fault("Invalid escape character in string.");
        };
        pos++;
        int at = written;
        reserve(Utf8.byteCount(codePoint));
        if (out != null) {
            Utf8.put(codePoint, out, at);
        }
    }

    /** Reads four hexadecimal digits, or twice four where they are surrogates, and stops at the last. */
    private int readUnicode() {
        int unit = readHex();
        if (!Character.isSurrogate((char) unit)) {
            return unit;
        }
        if (Character.isHighSurrogate((char) unit) && at(pos + 1) == '\\' && at(pos + 2) == 'u') {
            pos += 2;
            int second = readHex();
            if (Character.isLowSurrogate((char) second)) {
                return Character.toCodePoint((char) unit, (char) second);
            }
        }
        throw fault("The surrogate pair in string is invalid.");
    }

    private int readHex() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            pos++;
            int digit = Character.digit(at(pos), 16);
            if (digit < 0) {
                throw fault("Incorrect hex digit after \\u escape in string.");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private void reserve(int bytes) {
        if ((long) written + bytes > maxByteSize) {
            throw JsonFaults.tensorTooLarge(input, (long) written + bytes, maxByteSize);
        }
        written += bytes;
    }
}
