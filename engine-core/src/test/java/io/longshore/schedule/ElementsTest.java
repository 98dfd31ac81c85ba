package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementsTest {
    /** What printf("%f") of the GNU C library gives. */
    @ParameterizedTest
    @CsvSource({
        "1, 1.000000",
        "0, 0.000000",
        "-0.0, -0.000000",
        "0.1, 0.100000",
        "-3.5, -3.500000",
        "0.0000005, 0.000000",
        "0.00000050000000001, 0.000001",
        "-0.0000001, -0.000000",
        "0.0000025, 0.000003",
        "0.0078125, 0.007812",
        "0.0234375, 0.023438",
        "1e22, 10000000000000000000000.000000",
        "123456789.123456789, 123456789.123457",
        "4.9e-324, 0.000000",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf"
    })
    void decimals_areThoseOfC(double value, String text) {
        assertThat(Elements.text(value)).isEqualTo(text);
    }

    @Test
    void floats_areShownWithTheirExactValue() {
        assertThat(Elements.text(0.1f)).isEqualTo("0.100000");
        assertThat(Elements.text(16777216f)).isEqualTo("16777216.000000");
        assertThat(Elements.text(Float.MAX_VALUE)).isEqualTo("340282346638528859811704183484516925440.000000");
        assertThat(Elements.text(0.9999999f)).isEqualTo("1.000000");
    }

    @Test
    void nanWithASign_showsIt() {
        assertThat(Elements.text(Double.longBitsToDouble(0xFFF8000000000000L))).isEqualTo("-nan");
    }

    @Test
    void largestDouble_hasAllItsDigits() {
        assertThat(Elements.text(Double.MAX_VALUE)).hasSize(309 + 7).startsWith("17976931348623157081452742373170435");
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, -1",
        "UINT8, 255",
        "INT16, -1",
        "UINT16, 65535",
        "INT32, -1",
        "UINT32, 4294967295",
        "INT64, -1",
        "UINT64, 18446744073709551615"
    })
    void integers_haveTheirSignOrNone(DataType type, String text) {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putLong(-1).putLong(-1);

        assertThat(Elements.text(data, type, 1)).isEqualTo(text);
    }
}
