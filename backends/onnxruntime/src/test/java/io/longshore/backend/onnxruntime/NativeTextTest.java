package io.longshore.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "Grüße", "日本語", "\u007F\u0080\u07FF\u0800\uFFFF"})
    void carrierOf_textUpToUffff_isThatText(String text) {
        assertThat(NativeText.carrierOf(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0", "😀"})
    void carrierOf_zeroOrTextAboveUffff_isNone(String text) {
        assertThat(NativeText.carrierOf(text.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void carrierOf_overlongOrBrokenSequences_isNone() {
        for (int[] broken :
                new int[][] {{0xC0, 0x80}, {0xC1, 0xBF}, {0xE0, 0x80, 0x80}, {0xC3}, {0xE2, 0x82}, {0x80}}) {
            assertThat(NativeText.carrierOf(bytes(broken))).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void bytesOf_anyCarrier_areTheBytesItCarries(int seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = new byte[random.nextInt(6)];
            random.nextBytes(bytes);
            String carrier = NativeText.carrierOf(bytes);
            if (carrier != null) {
                assertThat(NativeText.bytesOf(carrier)).as("seed %d", seed).isEqualTo(bytes);
            }
        }
    }

    @Test
    void bytesOfLongSequences_fourCharactersOfOneEmoji_becomeItsBytes() {
        assertThat(NativeText.bytesOfLongSequences("é\u00F0\u009F\u0098\u0080ð"))
                .isEqualTo("é😀ð".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bytesOfLatin_highCharacters_becomeBytes() {
        assertThat(NativeText.bytesOfLatin("a\u00FF漢")).isEqualTo(bytes('a', 0xFF, 0xE6, 0xBC, 0xA2));
    }

    @Test
    void joinedWithZeros_parts_haveOneZeroBetweenEachTwo() {
        assertThat(NativeText.joinedWithZeros(List.of(bytes('a'), bytes(), bytes('b'))))
                .isEqualTo(bytes('a', 0, 0, 'b'));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
