package io.longshore.protocol.json;

import java.math.BigInteger;

/**
 * Powers of two and ten in fixed-point arithmetic, as shortest printing needs them.
 *
 * <p>Each floor of a logarithm is one multiplication by a rounded constant; the tests compare them with exact arithmetic
 * over the whole range of exponents.
 */
final class Decimals {
    private static final long LOG10_OF_2_SCALED_41 = 661_971_961_083L;
    private static final long LOG10_OF_3_QUARTERS_SCALED_41 = -274_743_187_321L;
    private static final long LOG2_OF_10_SCALED_38 = 913_124_641_741L;

    private Decimals() {}

    /** floor(log10(2^q)) for |q| up to 1100. */
    static int floorLog10OfPow2(int q) {
        return (int) ((q * LOG10_OF_2_SCALED_41) >> 41);
    }

    /** floor(log10(3/4 * 2^q)) for |q| up to 1100. */
    static int floorLog10OfThreeQuartersPow2(int q) {
        return (int) ((q * LOG10_OF_2_SCALED_41 + LOG10_OF_3_QUARTERS_SCALED_41) >> 41);
    }

    /** floor(log2(10^e)) for |e| up to 350. */
    static int floorLog2OfPow10(int e) {
        return (int) ((e * LOG2_OF_10_SCALED_38) >> 38);
    }

    /** The integer just above 10^e * 2^s, where s is such that it has {@code bits} bits. */
    static BigInteger scaledPow10(int e, int bits) {
        int shift = bits - 1 - floorLog2OfPow10(e);
        BigInteger power = BigInteger.TEN.pow(Math.abs(e));
        BigInteger floor = e >= 0
                ? power.shiftLeft(shift)
                : BigInteger.ONE.shiftLeft(shift).divide(power);
        return floor.add(BigInteger.ONE);
    }
}
