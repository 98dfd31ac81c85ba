package io.longshore.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorJsonReaderTest {
    private final TensorJsonReader reader = new TensorJsonReader(MemoryAllocator.HEAP, 1 << 20);

    private Tensor read(String array, DataType type, long... shape) {
        byte[] bytes = array.getBytes(StandardCharsets.UTF_8);
        JsonText text = new JsonText(bytes, 0, bytes.length, 100);
        TensorJsonReader.Result result = reader.read(text, 1, "X", type, Shape.of(shape));
        assertThat(result.end()).isEqualTo(bytes.length - 1);
        return result.tensor();
    }

    private static String random(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        if (random.nextBoolean()) {
            text.append('-');
        }
        int whole = random.nextInt(5) == 0 ? random.nextInt(1, 25) : random.nextInt(3);
        text.append(whole == 0 ? "0" : digits(random, whole));
        if (random.nextInt(4) > 0) {
            text.append('.');
            int zeros = random.nextInt(6) == 0 ? random.nextInt(12) : 0;
            text.append("0".repeat(zeros)).append(digits(random, random.nextInt(1, 20)));
        }
        if (random.nextInt(4) == 0) {
            text.append(random.nextBoolean() ? "e" : "E").append(random.nextInt(-60, 30));
        }
        return text.toString();
    }

    private static String digits(SplittableRandom random, int count) {
        StringBuilder text = new StringBuilder().append((char) ('1' + random.nextInt(9)));
        for (int i = 1; i < count; i++) {
            text.append((char) ('0' + random.nextInt(10)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void randomDecimals_readAsJavaReadsThem(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 50_000; i++) {
            String text = random(random);
            String label = text + ", seed " + seed;
            float single = read("[" + text + "]", DataType.FP32, 1).buffer().getFloat(0);
            if (Float.floatToIntBits(single) != Float.floatToIntBits(Float.parseFloat(text))) {
                fail(label + " reads as " + single);
            }
            double twice = read("[" + text + "]", DataType.FP64, 1).buffer().getDouble(0);
            if (Double.doubleToLongBits(twice) != Double.doubleToLongBits(Double.parseDouble(text))) {
                fail(label + " reads as " + twice);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void floatsNearTheMiddleBetweenTwo_areRoundedOnce(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            float low = Float.intBitsToFloat(random.nextInt(0x7F00_0000));
            double middle = ((double) low + Math.nextUp(low)) / 2;
            for (double near : new double[] {middle, Math.nextUp(middle), Math.nextDown(middle)}) {
                String text = Double.toString(near);
                float value = read("[" + text + "]", DataType.FP32, 1).buffer().getFloat(0);
                assertThat(value).as("%s, seed %s", text, seed).isEqualTo(Float.parseFloat(text));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, NaN",
        "-NaN, NaN",
        "Infinity, Infinity",
        "-Infinity, -Infinity",
        "Inf, Infinity",
        "-Inf, -Infinity"
    })
    void bareWords_readAsSpecialValues(String word, double expected) {
        assertThat(read("[" + word + "]", DataType.FP64, 1).buffer().getDouble(0))
                .isEqualTo(Double.valueOf(expected));
        assertThat(read("[" + word + "]", DataType.FP32, 1).buffer().getFloat(0))
                .isEqualTo(Float.valueOf((float) expected));
    }

    @Test
    void floatBeyondRange_isInfinite() {
        assertThat(read("[1e39]", DataType.FP32, 1).buffer().getFloat(0)).isEqualTo(Float.POSITIVE_INFINITY);
        assertFault(
                "[1e400]",
                DataType.FP32,
                "failed to parse the request JSON buffer: Number too big to be stored in double. at 1");
        assertFault(
                "[-1e400]",
                DataType.FP64,
                "failed to parse the request JSON buffer: Number too big to be stored in double. at 1");
    }

    @Test
    void integers_keepTheLowestBits() {
        assertThat(read("[300]", DataType.UINT8, 1).buffer().get(0)).isEqualTo((byte) 300);
        assertThat(read("[-129]", DataType.INT8, 1).buffer().get(0)).isEqualTo((byte) -129);
        assertThat(read("[4294967297]", DataType.INT32, 1).buffer().getInt(0)).isEqualTo(1);
        assertThat(read("[65537]", DataType.UINT16, 1).buffer().getShort(0)).isEqualTo((short) 1);
    }

    @Test
    void integersOf64Bits_keepAllBits() {
        ByteBuffer signed = read("[9223372036854775807,-9223372036854775808,-0]", DataType.INT64, 3)
                .buffer();
        assertThat(signed.getLong(0)).isEqualTo(Long.MAX_VALUE);
        assertThat(signed.getLong(8)).isEqualTo(Long.MIN_VALUE);
        assertThat(signed.getLong(16)).isZero();
        ByteBuffer unsigned = read("[18446744073709551615,9223372036854775808]", DataType.UINT64, 2)
                .buffer();
        assertThat(unsigned.getLong(0)).isEqualTo(-1);
        assertThat(unsigned.getLong(8)).isEqualTo(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "-9223372036854775809",
                "1.0",
                "1e3",
                "\"1\"",
                "true",
                "NaN",
                "123456789012345678901234567890"
            })
    void otherThanSignedInteger_isRefusedWithTritonsText(String element) {
        assertFault(
                "[" + element + "]",
                DataType.INT64,
                "Unable to parse 'data': attempt to access JSON non-signed-integer as signed-integer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"18446744073709551616", "-1", "1.0", "null", "{}", "false"})
    void otherThanUnsignedInteger_isRefusedWithTritonsText(String element) {
        assertFault(
                "[" + element + "]",
                DataType.UINT64,
                "Unable to parse 'data': attempt to access JSON non-unsigned-integer as unsigned-integer");
    }

    @Test
    void otherKinds_areRefusedWithTritonsText() {
        assertFault("[1]", DataType.BOOL, "Unable to parse 'data': attempt to access JSON non-boolean as boolean");
        assertFault("[\"1\"]", DataType.FP32, "Unable to parse 'data': attempt to access JSON non-number as double");
        assertFault("[null]", DataType.FP64, "Unable to parse 'data': attempt to access JSON non-number as double");
        assertFault("[1]", DataType.BYTES, "Unable to parse 'data': attempt to access JSON non-string as string");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1,2,3,4,5,6]",
                "[[1,2,3],[4,5,6]]",
                "[[[1],[2]],[[3],[4]],[[5],[6]]]",
                " [ 1 , [2,3] ,4,[ 5 ,[ 6 ] ] ] "
            })
    void nesting_doesNotMatter(String array) {
        byte[] bytes = array.getBytes(StandardCharsets.UTF_8);
        JsonText text = new JsonText(bytes, 0, bytes.length, 100);
        Tensor tensor = reader.read(text, array.indexOf('[') + 1, "X", DataType.INT32, Shape.of(2, 3))
                .tensor();
        for (int i = 0; i < 6; i++) {
            assertThat(tensor.buffer().getInt(4 * i)).isEqualTo(i + 1);
        }
    }

    @Test
    void strings_readWithEscapesAndUnicode() {
        String array =
                "[\"\",\"plain and long enough\",\"a\\n\\\"\\\\\\/\\b\\f\\r\\t\",\"\\u00e4\\u20AC\\ud83d\\ude00\",\"ä€😀\",\"\\u0000\"]";
        List<byte[]> elements =
                BytesElements.decode(read(array, DataType.BYTES, 2, 3).buffer());
        assertThat(elements.stream().map(e -> new String(e, StandardCharsets.UTF_8)))
                .containsExactly("", "plain and long enough", "a\n\"\\/\b\f\r\t", "ä€😀", "ä€😀", "\0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[\"\\x\"]|Invalid escape character in string.",
                "[\"\\u12G4\"]|Incorrect hex digit after \\u escape in string.",
                "[\"\\ud83d\"]|The surrogate pair in string is invalid.",
                "[\"\\ude00\"]|The surrogate pair in string is invalid.",
                "[\"\\ud83d\\u0041\"]|The surrogate pair in string is invalid.",
                "[\"a\tb\"]|A control character that is not escaped in a string."
            })
    void brokenString_isRefused(String array, String reason) {
        assertThatThrownBy(() -> read(array, DataType.BYTES, 1)).hasMessageContaining(reason);
    }

    @Test
    void invalidUtf8_isRefused() {
        for (byte[] broken : new byte[][] {
            {(byte) 0x80},
            {(byte) 0xC0, (byte) 0x80},
            {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xFF},
            {(byte) 0xC3}
        }) {
            ByteBuffer text = ByteBuffer.allocate(broken.length + 4);
            text.put((byte) '[').put((byte) '"').put(broken).put((byte) '"').put((byte) ']');
            JsonText json = new JsonText(text.array(), 0, text.capacity(), 100);
            assertThatThrownBy(() -> reader.read(json, 1, "X", DataType.BYTES, Shape.of(1)))
                    .hasMessage("failed to parse the request JSON buffer: Invalid encoding in string. at 2");
        }
    }

    @Test
    void countMismatch_isRefusedWithTritonsTexts() {
        assertFault("[]", DataType.INT32, "Failed to parse 'data' field: shape does not match true shape");
        assertFault("[1,2]", DataType.INT32, "Unable to parse 'data': Shape does not match true shape of 'data' field");
        assertFault("[]", DataType.BYTES, "Failed to parse 'data' field: shape does not match true shape");
        assertFault(
                "[\"a\",\"b\"]",
                DataType.BYTES,
                "Unable to parse 'data': shape does not match true shape of 'data' field");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1", "[1,", "[", "[1,]", "[1 2]", "[1}", "[01]", "[1.]", "[.5]", "[1e]", "[-]", "[+1]", "[[1]",
                "[1]]x", "[nul]", "[,1]"
            })
    void brokenArray_isRefused(String array) {
        byte[] bytes = array.getBytes(StandardCharsets.UTF_8);
        JsonText text = new JsonText(bytes, 0, bytes.length, 100);
        if (array.equals("[1]]x")) {
            assertThat(reader.read(text, 1, "X", DataType.FP32, Shape.of(1)).end())
                    .isEqualTo(2);
        } else {
            assertThatThrownBy(() -> reader.read(text, 1, "X", DataType.FP32, Shape.of(1)))
                    .isInstanceOf(InferenceException.class)
                    .extracting(e -> ((InferenceException) e).code())
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void depth_isBounded() {
        assertThat(read("[".repeat(99) + "1" + "]".repeat(99), DataType.INT8, 1).byteSize())
                .isEqualTo(1);
        assertFault(
                "[".repeat(100) + "1" + "]".repeat(100),
                DataType.INT8,
                "JSON nesting depth exceeds maximum allowed limit (100)");
    }

    @Test
    void numberOfManyDigits_isReadOrRefusedByLength() {
        assertThat(read("[0." + "3".repeat(900) + "]", DataType.FP32, 1)
                        .buffer()
                        .getFloat(0))
                .isEqualTo(1f / 3);
        assertFault(
                "[0." + "3".repeat(5000) + "]",
                DataType.FP32,
                "failed to parse the request JSON buffer: A number of more than 1000 characters. at 1");
    }

    private void assertFault(String array, DataType type, String message) {
        assertThatThrownBy(() -> read(array, type, 1))
                .isInstanceOf(InferenceException.class)
                .hasMessage(message);
    }
}
