package io.longshore.protocol.json;

import java.math.BigInteger;

/**
 * Writes a {@code double} as the shortest decimal that reads back as the same value, and of those the one nearest to it.
 * The algorithm is that of {@link FloatText} with 126 bits of 10^-k.
 */
final class DoubleText {
    private static final int MIN_EXPONENT = -1074;
    private static final int MAX_EXPONENT = 971;
    private static final long HIDDEN_BIT = 1L << 52;
    private static final int MIN_POWER = -Decimals.floorLog10OfPow2(MAX_EXPONENT);
    private static final long LOW_63 = Long.MAX_VALUE;
    /** The upper and the lower 63 bits of each power in turn. */
    private static final long[] POWERS = powers();

    private DoubleText() {}

    private static long[] powers() {
        int maxPower = -Decimals.floorLog10OfThreeQuartersPow2(MIN_EXPONENT);
        long[] powers = new long[2 * (maxPower - MIN_POWER + 1)];
        for (int i = 0; i < powers.length; i += 2) {
            BigInteger power = Decimals.scaledPow10(MIN_POWER + i / 2, 126);
            powers[i] = power.shiftRight(63).longValueExact();
            powers[i + 1] = power.longValue() & LOW_63;
        }
        return powers;
    }

    /**
     * Writes a value; {@code NaN}, {@code Infinity} and {@code -Infinity} as these bare words.
     *
     * @param out with at least {@link DecimalText#MAX_LENGTH} bytes from {@code pos} on
     * @return the position behind the text
     */
    static int write(double value, byte[] out, int pos) {
        long bits = Double.doubleToRawLongBits(value);
        int exponent = (int) (bits >>> 52) & 0x7FF;
        if (exponent == 0x7FF) {
            return SpecialText.write(value, out, pos);
        }
        int at = pos;
        if (bits < 0) {
            out[at++] = '-';
        }
        long fraction = bits & (HIDDEN_BIT - 1);
        if (exponent != 0) {
            return writeFinite(fraction | HIDDEN_BIT, exponent - 1075, fraction == 0 && exponent > 1, out, at);
        }
        return fraction != 0 ? writeFinite(fraction, MIN_EXPONENT, false, out, at) : SpecialText.writeZero(out, at);
    }

    /** Writes c * 2^q; {@code narrow} = the interval below is half as wide as the one above. */
    private static int writeFinite(long c, int q, boolean narrow, byte[] out, int pos) {
        if (q <= 0 && q > -53 && (c & (1L << -q) - 1) == 0) {
            return DecimalText.writeDecimal(c >>> -q, 0, out, pos);
        }
        int k = narrow ? Decimals.floorLog10OfThreeQuartersPow2(q) : Decimals.floorLog10OfPow2(q);
        int power = 2 * (-k - MIN_POWER);
        int shift = q + Decimals.floorLog2OfPow10(-k) + 2;
        long odd = c & 1;
        long quarters = c << 2;
        long value = roundToOdd(power, quarters << shift);
        long lower = roundToOdd(power, (quarters - (narrow ? 1 : 2)) << shift) + odd;
        long upper = roundToOdd(power, (quarters + 2) << shift) - odd;

        long below = value >> 2;
        long tens = below / 10;
        long tensInside = isAtMost(lower, 40 * tens);
        long moreInside = isAtMost(40 * tens + 40, upper);
        // Which of the candidates it is changes from value to value at random: branches would mostly be mispredicted.
        long shorter = tensInside ^ moreInside;
        long nearest = below + roundUp(value, below, lower, upper);
        long digits = nearest ^ ((nearest ^ (tens + moreInside)) & -shorter);
        return DecimalText.writeDecimal(digits, k + (int) shorter, out, pos);
    }

    /** 1 where the integer above value/4 is to be taken: it alone is inside the interval, or is nearer than that below. */
    private static long roundUp(long value, long below, long lower, long upper) {
        long belowInside = isAtMost(lower, 4 * below);
        long aboveInside = isAtMost(4 * below + 4, upper);
        long nearer = isAtMost(4 * below + 3, value + (below & 1));
        return aboveInside & (nearer | (belowInside ^ 1));
    }

    /** 1 where a <= b, else 0; for numbers of less than 62 bits. */
    private static long isAtMost(long a, long b) {
        return (a - b - 1) >>> 63;
    }

    /** floor(power * factor / 2^127), with the lowest bit set where a remainder is dropped. */
    private static long roundToOdd(int power, long factor) {
        long upper = POWERS[power];
        long middle = ((upper * factor) >>> 1) + Math.multiplyHigh(POWERS[power + 1], factor);
        long floor = Math.multiplyHigh(upper, factor) + (middle >>> 63);
        return floor | ((middle & LOW_63) != 0 ? 1 : 0);
    }
}
