package io.longshore.protocol.json;

import java.nio.charset.StandardCharsets;

/** The floating-point values that have no digits of their own, as bare words, the way Triton writes and reads them. */
final class SpecialText {
    private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEGATIVE_INFINITY = "-Infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZERO = "0.0".getBytes(StandardCharsets.US_ASCII);

    private SpecialText() {}

    /** Writes a NaN or an infinity and returns the position behind it. */
    static int write(double value, byte[] out, int pos) {
        return copy(Double.isNaN(value) ? NAN : value > 0 ? INFINITY : NEGATIVE_INFINITY, out, pos);
    }

    /** Writes zero without a sign and returns the position behind it. */
    static int writeZero(byte[] out, int pos) {
        return copy(ZERO, out, pos);
    }

    private static int copy(byte[] text, byte[] out, int pos) {
        System.arraycopy(text, 0, out, pos, text.length);
        return pos + text.length;
    }
}
