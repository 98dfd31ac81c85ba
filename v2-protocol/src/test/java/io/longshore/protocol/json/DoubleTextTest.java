package io.longshore.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoubleTextTest {
    private static String text(double value) {
        byte[] out = new byte[DecimalText.MAX_LENGTH];
        return new String(out, 0, DoubleText.write(value, out, 0), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "0.1, 0.1",
        "0.3333333333333333, 0.3333333333333333",
        "123456789.123, 123456789.123",
        "9007199254740992, 9007199254740992.0",
        "1e21, 1.0E21",
        "2e23, 2.0E23",
        "1e-6, 0.000001",
        "1e-7, 1.0E-7",
        "4.9e-324, 5.0E-324",
        "1.7976931348623157e308, 1.7976931348623157E308",
        "2.2250738585072014E-308, 2.2250738585072014E-308",
        "NaN, NaN",
        "-Infinity, -Infinity"
    })
    void knownValue_hasItsText(double value, String expected) {
        assertThat(text(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomBits_readBackAndAreAsShortAsTheOracle(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100_000; i++) {
            check(Double.longBitsToDouble(random.nextLong()), seed);
            check(random.nextDouble() * 1000, seed);
            check(random.nextLong(1_000_000_000L) / 1000.0, seed);
        }
    }

    @Test
    void everyPowerOfTwoAndItsNeighbours_readBackAndAreAsShortAsTheOracle() {
        for (int exponent = -1074; exponent <= 1023; exponent++) {
            double power = Math.pow(2, exponent);
            check(power, exponent);
            check(Math.nextUp(power), exponent);
            check(Math.nextDown(power), exponent);
        }
    }

    private static void check(double value, long seed) {
        String text = text(value);
        String label = text + ", seed " + seed;
        if (Double.doubleToLongBits(Double.parseDouble(text)) != Double.doubleToLongBits(value)) {
            fail(label + " does not read back as " + value);
        }
        if (Double.isFinite(value)) {
            BigDecimal oracle = new BigDecimal(DoubleToDecimal.toString(value));
            // The oracle gives two digits where one would do.
            boolean comparable = oracle.stripTrailingZeros().precision() > 2;
            if (comparable && new BigDecimal(text).compareTo(oracle) != 0) {
                fail(label + " where the oracle gives " + oracle);
            }
        }
    }
}
