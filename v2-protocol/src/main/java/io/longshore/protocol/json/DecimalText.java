package io.longshore.protocol.json;

/** Writes integers and decimals as ASCII. */
final class DecimalText {
    /**
     * The bytes that one number takes at most: a sign, 17 digits, a point, leading zeros or an exponent, and the rest of the
     * last word written.
     */
    static final int MAX_LENGTH = 40;

    private static final long TEN_TO_8 = 100_000_000;
    private static final long[] POWERS = powers();
    /** Decimals from 10^-6 up to 10^21 are written without an exponent, as JavaScript does. */
    private static final int MIN_PLAIN_POINT = -5;

    private static final int MAX_PLAIN_POINT = 21;

    private DecimalText() {}

    private static long[] powers() {
        long[] powers = new long[19];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }

    /** Writes a signed integer and returns the position behind it. */
    static int writeLong(long value, byte[] out, int pos) {
        int at = pos;
        if (value < 0) {
            out[at++] = '-';
            return writeUnsigned(-value, out, at);
        }
        return writeUnsigned(value, out, at);
    }

    /** Writes an unsigned integer and returns the position behind it. */
    static int writeUnsigned(long value, byte[] out, int pos) {
        if (value < 0) {
            long head = Long.divideUnsigned(value, 10);
            int at = writeUnsigned(head, out, pos);
            out[at] = (byte) ('0' + (value - head * 10));
            return at + 1;
        }
        int count = digitCount(value);
        writeDigits(value, count, out, pos);
        return pos + count;
    }

    /**
     * Writes {@code digits * 10^exponent} with the digits given, without trailing zeros but with at least one digit on
     * each side of the point.
     *
     * @param digits at least 1
     * @return the position behind it
     */
    static int writeDecimal(long digits, int exponent, byte[] out, int pos) {
        int count = digitCount(digits);
        int point = count + exponent;
        if (point > 0 && point <= MAX_PLAIN_POINT) {
            return point < count
                    ? writePointInside(digits, count, point, out, pos)
                    : writeWhole(digits, count, point, out, pos);
        }
        if (point <= 0 && point >= MIN_PLAIN_POINT) {
            return writeFraction(digits, count, point, out, pos);
        }
        return writeScientific(digits, count, point - 1, out, pos);
    }

    private static int writePointInside(long digits, int count, int point, byte[] out, int pos) {
        writeDigits(digits, count, out, pos + 1);
        for (int i = pos; i < pos + point; i++) {
            out[i] = out[i + 1];
        }
        out[pos + point] = '.';
        return dropZeros(out, pos + point + 2, pos + count + 1);
    }

    private static int writeWhole(long digits, int count, int point, byte[] out, int pos) {
        writeDigits(digits, count, out, pos);
        int end = pos + point;
        for (int i = pos + count; i < end; i++) {
            out[i] = '0';
        }
        out[end] = '.';
        out[end + 1] = '0';
        return end + 2;
    }

    private static int writeFraction(long digits, int count, int point, byte[] out, int pos) {
        int start = pos + 2 - point;
        for (int i = pos; i < start; i++) {
            out[i] = '0';
        }
        out[pos + 1] = '.';
        writeDigits(digits, count, out, start);
        return dropZeros(out, start + 1, start + count);
    }

    private static int writeScientific(long digits, int count, int exponent, byte[] out, int pos) {
        writeDigits(digits, count, out, pos + 1);
        out[pos] = out[pos + 1];
        out[pos + 1] = '.';
        int at = pos + count + 1;
        if (count == 1) {
            out[at++] = '0';
        }
        at = dropZeros(out, pos + 3, at);
        out[at++] = 'E';
        return writeLong(exponent, out, at);
    }

    /** The end of the text without the zeros at its end, which is not before {@code least}. */
    private static int dropZeros(byte[] out, int least, int end) {
        int at = end;
        while (at > least && out[at - 1] == '0') {
            at--;
        }
        return at;
    }

    /** Writes the {@code count} digits of a non-negative number. */
    private static void writeDigits(long value, int count, byte[] out, int pos) {
        long head = value;
        int rest = count;
        while (rest > Digits.MAX) {
            rest -= Digits.MAX;
            head /= TEN_TO_8;
        }
        // From the front, because a word also overwrites what is behind its digits.
        Digits.write((int) head, rest, out, pos);
        if (rest < count) {
            writeTail(value, count, rest, out, pos);
        }
    }

    private static void writeTail(long value, int count, int written, byte[] out, int pos) {
        long middle = value / TEN_TO_8;
        if (count - written > Digits.MAX) {
            Digits.write((int) (middle % TEN_TO_8), Digits.MAX, out, pos + written);
        }
        Digits.write((int) (value - middle * TEN_TO_8), Digits.MAX, out, pos + count - Digits.MAX);
    }

    /** Decimal digits of a non-negative number; 1 for 0. */
    static int digitCount(long value) {
        int bits = 64 - Long.numberOfLeadingZeros(value | 1);
        int guess = (bits * 1233) >> 12;
        return guess < POWERS.length && value >= POWERS[guess] ? guess + 1 : Math.max(guess, 1);
    }
}
