package io.longshore.protocol.json;

import java.nio.ByteBuffer;

/**
 * Reads decimals as {@code float}, each rounded once, to nearest.
 *
 * <p>The digits as a double times a power of ten as a double is off by at most three units in its last place (one rounding
 * each for the digits, the power and the product). Rounding it to float gives the right result unless a point halfway
 * between two floats lies that near, which the lowest 29 bits tell; then, and for subnormal floats, the library decides.
 */
final class FloatScanner extends DecimalScanner {
    private static final double[] POWERS = powers();
    private static final int DROPPED_BITS = 29;
    private static final long HALFWAY = 1L << (DROPPED_BITS - 1);
    private static final long ERROR = 4;

    private final ByteBuffer out;
    private final int expected;

    FloatScanner(JsonText text, ByteBuffer out) {
        super(text);
        this.out = out;
        this.expected = out.remaining() / Float.BYTES;
    }

    private static double[] powers() {
        double[] powers = new double[64];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Double.parseDouble("1e" + i);
        }
        return powers;
    }

    @Override
    protected void run() {
        do {
            float value = next();
            if (count == expected) {
                throw JsonFaults.tooManyElements();
            }
            out.putFloat(count * Float.BYTES, value);
            count++;
        } while (more());
    }

    private float next() {
        if (!readNumber()) {
            return (float) special();
        }
        int power = Math.abs(exponent);
        if (!isSafe || power >= POWERS.length) {
            return exactFloat();
        }
        double magnitude = exponent < 0 ? significand / POWERS[power] : significand * POWERS[power];
        long dropped = Double.doubleToRawLongBits(magnitude) & (1L << DROPPED_BITS) - 1;
        boolean halfway = Math.abs(dropped - HALFWAY) <= ERROR;
        if (halfway || (magnitude < Float.MIN_NORMAL && significand != 0)) {
            return exactFloat();
        }
        return (float) (negative ? -magnitude : magnitude);
    }
}
