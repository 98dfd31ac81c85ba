package io.longshore.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.io.schubfach.FloatToDecimal;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FloatTextTest {
    private static String text(float value) {
        byte[] out = new byte[DecimalText.MAX_LENGTH];
        return new String(out, 0, FloatText.write(value, out, 0), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-1.5, -1.5",
        "0.1, 0.1",
        "100, 100.0",
        "123456.79, 123456.79",
        "16777216, 16777216.0",
        "1e21, 1.0E21",
        "1e20, 100000000000000000000.0",
        "1e-6, 0.000001",
        "1e-7, 1.0E-7",
        "1.25e-9, 1.25E-9",
        "3.4028235e38, 3.4028235E38",
        "1.17549435e-38, 1.1754944E-38",
        "1.4e-45, 1.0E-45",
        "9.8607613e-32, 9.8607613E-32",
        "NaN, NaN",
        "Infinity, Infinity",
        "-Infinity, -Infinity"
    })
    void knownValue_hasItsText(float value, String expected) {
        assertThat(text(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomBits_readBackAndAreAsShortAsTheOracle(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            check(Float.intBitsToFloat(random.nextInt()), seed);
        }
    }

    @Test
    void everyPowerOfTwoAndItsNeighbours_readBackAndAreAsShortAsTheOracle() {
        for (int exponent = -149; exponent <= 127; exponent++) {
            float power = (float) Math.pow(2, exponent);
            check(power, exponent);
            check(Math.nextUp(power), exponent);
            check(Math.nextDown(power), exponent);
        }
    }

    private static void check(float value, long seed) {
        String text = text(value);
        String label = text + ", seed " + seed;
        if (Float.floatToIntBits(Float.parseFloat(text)) != Float.floatToIntBits(value)) {
            fail(label + " does not read back as " + value);
        }
        if (Float.isFinite(value)) {
            BigDecimal oracle = new BigDecimal(FloatToDecimal.toString(value));
            // The oracle gives two digits where one would do.
            boolean comparable = oracle.stripTrailingZeros().precision() > 2;
            if (comparable && new BigDecimal(text).compareTo(oracle) != 0) {
                fail(label + " where the oracle gives " + oracle);
            }
        }
    }
}
