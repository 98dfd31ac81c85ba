package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HalfFloatsTest {
    private static final int PATTERNS = 1 << 16;
    private static final int FP16_INFINITY = 0x7C00;
    private static final int BF16_INFINITY = 0x7F80;

    @Test
    void everyFp16_hasItsExactValueAndComesBack() {
        for (int bits = 0; bits < PATTERNS; bits++) {
            float value = HalfFloats.fromFp16((short) bits);
            int magnitude = bits & 0x7FFF;
            if (magnitude > FP16_INFINITY) {
                assertThat(value).isNaN();
                assertThat(HalfFloats.toFp16(value) & 0x7FFF).isGreaterThan(FP16_INFINITY);
            } else {
                double expected = fp16Value(magnitude) * (bits < 0x8000 ? 1 : -1);
                assertThat((double) value).as("0x%04X", bits).isEqualTo(expected);
                assertThat(Short.toUnsignedInt(HalfFloats.toFp16(value))).isEqualTo(bits);
            }
        }
    }

    @Test
    void everyBf16_hasItsExactValueAndComesBack() {
        for (int bits = 0; bits < PATTERNS; bits++) {
            float value = HalfFloats.fromBf16((short) bits);
            if ((bits & 0x7FFF) > BF16_INFINITY) {
                assertThat(value).isNaN();
                assertThat(HalfFloats.toBf16(value) & 0x7FFF).isGreaterThan(BF16_INFINITY);
            } else {
                assertThat(Float.floatToRawIntBits(value)).isEqualTo(bits << 16);
                assertThat(Short.toUnsignedInt(HalfFloats.toBf16(value))).isEqualTo(bits);
            }
        }
    }

    /** Around each midpoint of two neighbours, where rounding is decided. */
    @Test
    void midpoints_goToEvenAndTheirNeighboursToTheNearer() {
        for (int bits = 0; bits < FP16_INFINITY - 1; bits++) {
            // Exact: two binary16 neighbours and their mean fit into a float.
            float middle = (float) ((fp16Value(bits) + fp16Value(bits + 1)) / 2);
            int even = (bits & 1) == 0 ? bits : bits + 1;
            assertThat(HalfFloats.toFp16(middle)).isEqualTo((short) even);
            assertThat(HalfFloats.toFp16(Math.nextDown(middle))).isEqualTo((short) bits);
            assertThat(HalfFloats.toFp16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
            assertThat(HalfFloats.toFp16(-middle)).isEqualTo((short) (even | 0x8000));
        }
    }

    @Test
    void beyondTheLargest_isInfinite() {
        assertThat(HalfFloats.toFp16(65504f)).isEqualTo((short) 0x7BFF);
        assertThat(HalfFloats.toFp16(Math.nextDown(65520f))).isEqualTo((short) 0x7BFF);
        assertThat(HalfFloats.toFp16(65520f)).isEqualTo((short) FP16_INFINITY);
        assertThat(HalfFloats.toFp16(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xFC00);
        assertThat(HalfFloats.toBf16(Float.MAX_VALUE)).isEqualTo((short) BF16_INFINITY);
        assertThat(HalfFloats.toBf16(-Float.MAX_VALUE)).isEqualTo((short) 0xFF80);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyFloat_roundsToTheNearest(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                assertThat(Short.toUnsignedInt(HalfFloats.toBf16(value)))
                        .as("%s, seed %s", value, seed)
                        .isEqualTo(nearestBf16(value));
            }
            float small = (random.nextFloat() - 0.5f) * 140_000f * (float) Math.pow(2, -random.nextInt(30));
            assertThat(Short.toUnsignedInt(HalfFloats.toFp16(small)))
                    .as("%s, seed %s", small, seed)
                    .isEqualTo(nearestFp16(small));
        }
    }

    /** IEEE 754: (-1)^s 2^(e-15) (1+m/1024), subnormal 2^-14 m/1024. */
    private static double fp16Value(int magnitude) {
        int exponent = magnitude >>> 10;
        int mantissa = magnitude & 0x3FF;
        if (exponent == 0x1F) {
            return Double.POSITIVE_INFINITY;
        }
        return exponent == 0 ? mantissa * 0x1p-24 : (1024 + mantissa) * Math.pow(2, exponent - 25);
    }

    private static int nearestFp16(float value) {
        int sign = Float.floatToRawIntBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs((double) value);
        if (magnitude >= 65520) {
            return sign | FP16_INFINITY;
        }
        int low = 0;
        for (int step = 1 << 14; step > 0; step >>= 1) {
            if (low + step < FP16_INFINITY && fp16Value(low + step) <= magnitude) {
                low += step;
            }
        }
        BigDecimal exact = new BigDecimal(magnitude);
        BigDecimal below = exact.subtract(new BigDecimal(fp16Value(low)));
        // Above the largest finite value lies the one that the format would have next.
        BigDecimal next = low == FP16_INFINITY - 1 ? new BigDecimal(65536) : new BigDecimal(fp16Value(low + 1));
        int order = below.compareTo(next.subtract(exact));
        return sign | (order < 0 || (order == 0 && (low & 1) == 0) ? low : low + 1);
    }

    private static int nearestBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int low = (bits >>> 16) & 0x7FFF;
        BigDecimal exact = new BigDecimal(Math.abs((double) value));
        BigDecimal below = exact.subtract(new BigDecimal(Float.intBitsToFloat(low << 16)));
        BigDecimal next = low == BF16_INFINITY - 1
                ? new BigDecimal(2).pow(128)
                : new BigDecimal(Float.intBitsToFloat((low + 1) << 16));
        int order = below.compareTo(next.subtract(exact));
        return sign | (order < 0 || (order == 0 && (low & 1) == 0) ? low : low + 1);
    }
}
