package io.longshore.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private static BigDecimal pow(BigDecimal base, int exponent) {
        return exponent >= 0 ? base.pow(exponent) : BigDecimal.ONE.divide(base.pow(-exponent));
    }

    private static int floorLog10(BigDecimal value) {
        return value.precision() - value.scale() - 1;
    }

    @Test
    void logarithmsOfPowersOfTwo_equalExactArithmetic() {
        for (int q = -1100; q <= 1100; q++) {
            BigDecimal power = pow(TWO, q);
            assertThat(Decimals.floorLog10OfPow2(q)).as("q = %s", q).isEqualTo(floorLog10(power));
            assertThat(Decimals.floorLog10OfThreeQuartersPow2(q))
                    .as("q = %s", q)
                    .isEqualTo(floorLog10(power.multiply(new BigDecimal("0.75"))));
        }
    }

    @Test
    void logarithmsOfPowersOfTen_equalExactArithmetic() {
        for (int e = 0; e <= 350; e++) {
            int bits = BigInteger.TEN.pow(e).bitLength();
            assertThat(Decimals.floorLog2OfPow10(e)).as("e = %s", e).isEqualTo(bits - 1);
            assertThat(Decimals.floorLog2OfPow10(-e)).as("e = -%s", e).isEqualTo(e == 0 ? 0 : -bits);
        }
    }

    @Test
    void scaledPowers_haveExactlyTheBitsAskedFor() {
        for (int e = -300; e <= 300; e++) {
            assertThat(Decimals.scaledPow10(e, 63).bitLength()).as("e = %s", e).isEqualTo(63);
            assertThat(Decimals.scaledPow10(e, 126).bitLength()).as("e = %s", e).isEqualTo(126);
        }
    }

    @Test
    void integers_readAsTheirJavaText() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(signed(value)).isEqualTo(Long.toString(value));
            assertThat(unsigned(value)).isEqualTo(Long.toUnsignedString(value));
        }
        for (long edge : new long[] {0, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, -1, Integer.MAX_VALUE}) {
            assertThat(signed(edge)).isEqualTo(Long.toString(edge));
            assertThat(unsigned(edge)).isEqualTo(Long.toUnsignedString(edge));
        }
    }

    private static String signed(long value) {
        byte[] out = new byte[DecimalText.MAX_LENGTH];
        return new String(out, 0, DecimalText.writeLong(value, out, 0), StandardCharsets.US_ASCII);
    }

    private static String unsigned(long value) {
        byte[] out = new byte[DecimalText.MAX_LENGTH];
        return new String(out, 0, DecimalText.writeUnsigned(value, out, 0), StandardCharsets.US_ASCII);
    }
}
