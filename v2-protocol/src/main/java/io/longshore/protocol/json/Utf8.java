package io.longshore.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /**
     * The position of the first byte that a JSON string cannot hold as it is, or that is not ASCII: a quote, a backslash, a
     * control character or a byte from 128 on.
     *
     * @return {@code to} where there is none
     */
    static int plainEnd(byte[] text, int from, int to) {
        int at = from;
        while (to - at >= Long.BYTES && isPlain((long) LONG.get(text, at))) {
            at += Long.BYTES;
        }
        while (at < to && isPlain(text[at])) {
            at++;
        }
        return at;
    }

    /** Whether this byte stands for itself in a JSON string, as a character of its own. */
    static boolean isPlain(byte value) {
        return value >= ' ' && value != '"' && value != '\\';
    }

    /** Whether all eight bytes are plain, by subtracting from each without a borrow that matters. */
    private static boolean isPlain(long word) {
        long quotes = word ^ ('"' * ONES);
        long backslashes = word ^ ('\\' * ONES);
        long suspects = word | (word - ' ' * ONES) | (quotes - ONES) | (backslashes - ONES);
        return (suspects & HIGH_BITS) == 0;
    }

    /**
     * The bytes of the character that starts at a position; 0 where no valid character does.
     *
     * @param to the end of the text
     */
    static int characterLength(byte[] text, int at, int to) {
        int first = text[at];
        if (first >= 0) {
            return 1;
        }
        int length = first >= (byte) 0xF0 ? 4 : first >= (byte) 0xE0 ? 3 : 2;
        if (first < (byte) 0xC2 || first > (byte) 0xF4 || to - at < length) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((text[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return isInRange(first & 0xFF, text[at + 1] & 0xFF) ? length : 0;
    }

    /** The second byte decides whether a form is overlong, a surrogate or too large. */
    private static boolean isInRange(int first, int second) {
        return switch (first) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }

    /** Writes a character and returns its number of bytes. */
    static int put(int codePoint, ByteBuffer out, int at) {
        if (codePoint < 0x80) {
            out.put(at, (byte) codePoint);
            return 1;
        }
        int length = byteCount(codePoint);
        int rest = codePoint;
        for (int i = length - 1; i > 0; i--) {
            out.put(at + i, (byte) (0x80 | (rest & 0x3F)));
            rest >>>= 6;
        }
        int marker = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0;
        out.put(at, (byte) (marker | rest));
        return length;
    }

    /** The bytes that a character takes. */
    static int byteCount(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
