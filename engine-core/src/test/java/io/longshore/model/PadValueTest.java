package io.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.tensor.DataType;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PadValueTest {
    @ParameterizedTest
    @CsvSource({
        "BOOL, true, 01",
        "BOOL, 0, 00",
        "UINT8, 255, ff",
        "INT8, -128, 80",
        "UINT16, 65535, ffff",
        "INT32, -2, feffffff",
        "UINT64, 18446744073709551615, ffffffffffffffff",
        "INT64, 1, 0100000000000000",
        "FP16, 1, 003c",
        "BF16, -1, 80bf",
        "FP32, 0.5, 0000003f",
        "FP32, -Infinity, 000080ff",
        "FP64, -1, 000000000000f0bf",
    })
    void value_isWrittenInItsType(DataType type, String text, String hex) {
        assertThat(PadValue.bytes(type, text))
                .hasValueSatisfying(
                        bytes -> assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL, 2",
        "UINT8, -1",
        "UINT8, 256",
        "INT8, 128",
        "INT64, 9223372036854775808",
        "UINT64, 18446744073709551616",
        "INT32, 1.5",
        "FP16, 70000",
        "FP32, 1e39",
        "FP64, NaN",
        "FP32, zero",
        "BYTES, a",
    })
    void textThatIsNoValue_isNone(DataType type, String text) {
        assertThat(PadValue.bytes(type, text)).isEmpty();
    }
}
