package io.longshore.protocol.json;

import com.fasterxml.jackson.core.io.NumberInput;

/**
 * Reads decimal numbers: digits, point and exponent as JSON has them, and the words {@code NaN}, {@code Infinity} and
 * {@code Inf}, each with or without a minus, as RapidJSON takes them.
 */
abstract class DecimalScanner extends ArrayScanner {
    /** So long a number is no number but an attack. */
    private static final int MAX_LENGTH = 1000;
    /** Every number of so many digits fits into a long. */
    private static final int SAFE_DIGITS = 18;
    /** Beyond every exponent that makes a difference, and far from overflow. */
    private static final int MAX_EXPONENT = 100_000;

    /** The digits of the number last read as one integer; meaningless unless {@link #isSafe}. */
    protected long significand;
    /** The power of ten that {@link #significand} is multiplied with. */
    protected int exponent;
    /** Whether the number last read has a minus. */
    protected boolean negative;
    /** Whether {@link #significand} holds every digit. */
    protected boolean isSafe;

    private int start;
    private char[] slow = new char[0];

    DecimalScanner(JsonText text) {
        super(text);
    }

    /** Reads the text of a number into the fields; false where it is a word, which {@link #special} reads. */
    protected final boolean readNumber() {
        start = pos;
        int at = pos;
        negative = at(at) == '-';
        if (negative) {
            at++;
        }
        int digit = at(at) - '0';
        if (digit < 0 || digit > 9) {
            return false;
        }
        int digitsStart = at;
        at++;
        long value = digit;
        if (value != 0) {
            for (digit = at(at) - '0'; digit >= 0 && digit <= 9; digit = at(at) - '0') {
                value = value * 10 + digit;
                at++;
            }
        }
        int digits = at - digitsStart;
        pos = at;
        significand = value;
        exponent = 0;
        if (at(at) == '.') {
            readFraction(value);
            digits -= exponent;
        }
        isSafe = digits <= SAFE_DIGITS || significantDigits(digitsStart) <= SAFE_DIGITS;
        if ((at(pos) | 0x20) == 'e') {
            exponent += readExponent();
        }
        return true;
    }

    private void readFraction(long whole) {
        int from = pos + 1;
        int at = from;
        long value = whole;
        while (has(at, 8)) {
            long word = Digits.word(in, at);
            if (!Digits.areDigits(word)) {
                break;
            }
            value = value * 100_000_000 + Digits.value(word);
            at += 8;
        }
        for (int digit = at(at) - '0'; digit >= 0 && digit <= 9; digit = at(at) - '0') {
            value = value * 10 + digit;
            at++;
        }
        pos = at;
        if (at == from) {
            throw fault("Miss fraction part in number.");
        }
        significand = value;
        exponent = from - at;
    }

    private int significantDigits(int from) {
        int at = from;
        while (at < pos && (in[at] == '0' || in[at] == '.')) {
            at++;
        }
        int digits = pos - at;
        for (; at < pos; at++) {
            if (in[at] == '.') {
                return digits - 1;
            }
        }
        return digits;
    }

    private int readExponent() {
        pos++;
        boolean minus = at(pos) == '-';
        if (minus || at(pos) == '+') {
            pos++;
        }
        int from = pos;
        int value = 0;
        for (int digit = at(pos) - '0'; digit >= 0 && digit <= 9; digit = at(pos) - '0') {
            value = Math.min(value * 10 + digit, MAX_EXPONENT);
            pos++;
        }
        if (pos == from) {
            throw fault("Miss exponent in number.");
        }
        return minus ? -value : value;
    }

    /** Reads the number again, exactly, by the library. */
    protected final double exactDouble() {
        copyText();
        return checked(NumberInput.parseDouble(slow, 0, pos - start, true));
    }

    /** Reads the number again, exactly, by the library. Like Triton's, a float too large is infinite. */
    protected final float exactFloat() {
        copyText();
        float value = NumberInput.parseFloat(slow, 0, pos - start, true);
        if (Float.isInfinite(value)) {
            checked(NumberInput.parseDouble(slow, 0, pos - start, true));
        }
        return value;
    }

    private void copyText() {
        int length = pos - start;
        if (length > MAX_LENGTH) {
            pos = start;
            throw fault("A number of more than " + MAX_LENGTH + " characters.");
        }
        if (slow.length < length) {
            slow = new char[Math.max(length, 32)];
        }
        for (int i = 0; i < length; i++) {
            slow[i] = (char) in[start + i];
        }
    }

    private double checked(double value) {
        if (Double.isInfinite(value)) {
            pos = start;
            throw fault("Number too big to be stored in double.");
        }
        return value;
    }

    /** Reads a word for a value without digits. */
    protected final double special() {
        int word = negative ? pos + 1 : pos;
        if (startsWith("NaN", word)) {
            pos = word + 3;
            return Double.NaN;
        }
        if (startsWith("Inf", word)) {
            pos = startsWith("Infinity", word) ? word + 8 : word + 3;
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (negative) {
            throw fault("Invalid value.");
        }
        throw wrongElement("number", "double");
    }
}
