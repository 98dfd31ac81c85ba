package io.longshore.tensor;

/**
 * Conversion between {@code float} and the two 16-bit floating-point formats of V2.
 *
 * <p>FP16 is IEEE 754 binary16; BF16 is the upper half of a binary32. Both directions round to nearest, ties to even, and
 * keep infinities and NaN.
 */
public final class HalfFloats {
    private static final int FLOAT_SIGN = 0x8000_0000;
    private static final int FLOAT_INFINITY = 0x7F80_0000;
    /** Half of the step above the largest finite binary16, 65504: from here on a float rounds to infinity. */
    private static final float FP16_OVERFLOW = 65520f;
    /** The smallest normal binary16. */
    private static final float FP16_MIN_NORMAL = 0x1p-14f;

    private HalfFloats() {}

    /** The value of a binary16, exactly. */
    public static float fromFp16(short bits) {
        int exponent = (bits >>> 10) & 0x1F;
        int mantissa = bits & 0x3FF;
        float magnitude;
        if (exponent == 0) {
            magnitude = mantissa * 0x1p-24f;
        } else if (exponent == 0x1F) {
            magnitude = Float.intBitsToFloat(FLOAT_INFINITY | (mantissa << 13));
        } else {
            magnitude = Float.intBitsToFloat(((exponent + 112) << 23) | (mantissa << 13));
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The nearest binary16. */
    public static short toFp16(float value) {
        int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
        float magnitude = Math.abs(value);
        int bits;
        if (Float.isNaN(value)) {
            bits = 0x7E00;
        } else if (magnitude >= FP16_OVERFLOW) {
            bits = 0x7C00;
        } else if (magnitude < FP16_MIN_NORMAL) {
            // A multiple of 2^-24; rint rounds half to even.
            bits = (int) Math.rint(magnitude * 0x1p24f);
        } else {
            bits = roundHalfEven(Float.floatToRawIntBits(magnitude), 13) - (112 << 10);
        }
        return (short) (sign | bits);
    }

    /** The value of a BF16, exactly. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest BF16. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x0040);
        }
        int sign = bits & FLOAT_SIGN;
        return (short) ((sign >>> 16) | roundHalfEven(bits & ~FLOAT_SIGN, 16));
    }

    private static int roundHalfEven(int bits, int dropped) {
        int odd = (bits >>> dropped) & 1;
        return (bits + (1 << (dropped - 1)) - 1 + odd) >>> dropped;
    }
}
