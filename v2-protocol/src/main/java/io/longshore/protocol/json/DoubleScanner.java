package io.longshore.protocol.json;

import java.nio.ByteBuffer;

/**
 * Reads decimals as {@code double}, each rounded once, to nearest: by one exact operation where digits and power of ten are
 * exact doubles (William Clinger, "How to read floating point numbers accurately", 1990), else by the library.
 */
final class DoubleScanner extends DecimalScanner {
    private static final long MAX_EXACT = 1L << 53;
    private static final double[] EXACT_POWERS = powers();

    private final ByteBuffer out;
    private final int expected;

    DoubleScanner(JsonText text, ByteBuffer out) {
        super(text);
        this.out = out;
        this.expected = out.remaining() / Double.BYTES;
    }

    private static double[] powers() {
        double[] powers = new double[23];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1] * 10;
        }
        return powers;
    }

    @Override
    protected void run() {
        do {
            double value = next();
            if (count == expected) {
                throw JsonFaults.tooManyElements();
            }
            out.putDouble(count * Double.BYTES, value);
            count++;
        } while (more());
    }

    private double next() {
        if (!readNumber()) {
            return special();
        }
        int power = Math.abs(exponent);
        if (!isSafe || significand > MAX_EXACT || power >= EXACT_POWERS.length) {
            return exactDouble();
        }
        double magnitude = exponent < 0 ? significand / EXACT_POWERS[power] : significand * EXACT_POWERS[power];
        return negative ? -magnitude : magnitude;
    }
}
