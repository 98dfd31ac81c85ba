package io.longshore.protocol.json;

/**
 * Writes a {@code float} as the shortest decimal that reads back as the same value, and of those the one nearest to it.
 *
 * <p>The algorithm is Schubfach: Raffaello Giulietti, "The Schubfach way to render doubles" (2021). With v the value and
 * k such that 10^k is the greatest power of ten not above the width of v's rounding interval, at least one multiple of
 * 10^k and at most one of 10^(k+1) lies in the interval. The candidates next to v are compared with the interval's ends in
 * units of 10^k / 4, rounded to odd, for which 63 bits of 10^-k suffice (section 9 of the paper).
 */
final class FloatText {
    private static final int MIN_EXPONENT = -149;
    private static final int MAX_EXPONENT = 104;
    private static final int HIDDEN_BIT = 1 << 23;
    private static final int MIN_POWER = -Decimals.floorLog10OfPow2(MAX_EXPONENT);
    private static final long[] POWERS = powers();

    private FloatText() {}

    private static long[] powers() {
        int maxPower = -Decimals.floorLog10OfThreeQuartersPow2(MIN_EXPONENT);
        long[] powers = new long[maxPower - MIN_POWER + 1];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Decimals.scaledPow10(MIN_POWER + i, 63).longValueExact();
        }
        return powers;
    }

    /**
     * Writes a value; {@code NaN}, {@code Infinity} and {@code -Infinity} as these bare words.
     *
     * @param out with at least {@link DecimalText#MAX_LENGTH} bytes from {@code pos} on
     * @return the position behind the text
     */
    static int write(float value, byte[] out, int pos) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = (bits >>> 23) & 0xFF;
        if (exponent == 0xFF) {
            return SpecialText.write(value, out, pos);
        }
        int at = pos;
        if (bits < 0) {
            out[at++] = '-';
        }
        int fraction = bits & (HIDDEN_BIT - 1);
        if (exponent != 0) {
            return writeFinite(fraction | HIDDEN_BIT, exponent - 150, fraction == 0 && exponent > 1, out, at);
        }
        return fraction != 0 ? writeFinite(fraction, MIN_EXPONENT, false, out, at) : SpecialText.writeZero(out, at);
    }

    /** Writes c * 2^q; {@code narrow} = the interval below is half as wide as the one above. */
    private static int writeFinite(int c, int q, boolean narrow, byte[] out, int pos) {
        if (q <= 0 && q > -24 && (c & (1 << -q) - 1) == 0) {
            // An integer below 2^24 has at most eight digits, all of them significant.
            return DecimalText.writeDecimal(c >>> -q, 0, out, pos);
        }
        int k = narrow ? Decimals.floorLog10OfThreeQuartersPow2(q) : Decimals.floorLog10OfPow2(q);
        long power = POWERS[-k - MIN_POWER];
        int shift = q + Decimals.floorLog2OfPow10(-k) + 34;
        int odd = c & 1;
        int quarters = c << 2;
        int value = roundToOdd(power, (long) quarters << shift);
        int lower = roundToOdd(power, (long) (quarters - (narrow ? 1 : 2)) << shift) + odd;
        int upper = roundToOdd(power, (long) (quarters + 2) << shift) - odd;

        int below = value >> 2;
        int tens = below / 10;
        int tensInside = isAtMost(lower, 40 * tens);
        int moreInside = isAtMost(40 * tens + 40, upper);
        // Which of the candidates it is changes from value to value at random: branches would mostly be mispredicted.
        int shorter = tensInside ^ moreInside;
        int nearest = below + roundUp(value, below, lower, upper);
        int digits = nearest ^ ((nearest ^ (tens + moreInside)) & -shorter);
        return DecimalText.writeDecimal(digits, k + shorter, out, pos);
    }

    /** 1 where the integer above value/4 is to be taken: it alone is inside the interval, or is nearer than that below. */
    private static int roundUp(int value, int below, int lower, int upper) {
        int belowInside = isAtMost(lower, 4 * below);
        int aboveInside = isAtMost(4 * below + 4, upper);
        int nearer = isAtMost(4 * below + 3, value + (below & 1));
        return aboveInside & (nearer | (belowInside ^ 1));
    }

    /** 1 where a <= b, else 0; for numbers of less than 30 bits. */
    private static int isAtMost(int a, int b) {
        return (a - b - 1) >>> 31;
    }

    /** floor(power * factor / 2^96), with the lowest bit set where a remainder is dropped. */
    private static int roundToOdd(long power, long factor) {
        long high = Math.multiplyHigh(power, factor);
        return (int) (high >>> 32) | ((int) high != 0 ? 1 : 0);
    }
}
