package io.longshore.web.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.HostMemory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecompressionTest {
    private static final long LIMIT = 1 << 20;

    private final TrackedAllocator allocator = TrackedAllocator.direct(8 << 20);

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "DEFLATE"})
    void compressed_expandsToItself(ContentCoding coding) {
        byte[] head = "{\"inputs\":[]}".getBytes(StandardCharsets.UTF_8);
        byte[] tail = new byte[200_000];
        new Random(1).nextBytes(tail);
        ByteBuffer direct = ByteBuffer.allocateDirect(tail.length).put(tail).flip();
        ByteBuffer compressed = Compression.compress(coding, List.of(ByteBuffer.wrap(head), direct));
        assertThat(Decompression.isEncoded(coding, compressed)).isTrue();

        HostMemory expanded = Decompression.expand(coding, HostMemory.wrap(compressed), allocator, LIMIT);
        ByteBuffer expected = ByteBuffer.allocate(head.length + tail.length)
                .put(head)
                .put(tail)
                .flip();
        assertThat(expanded.buffer()).isEqualTo(expected);
        assertThat(direct.remaining()).as("the parts stay as they were").isEqualTo(tail.length);
        expanded.release();
        assertThat(allocator.inUse()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "DEFLATE"})
    void bomb_stopsAtTheLimitAndKeepsNothing(ContentCoding coding) {
        ByteBuffer bomb = Compression.compress(coding, List.of(ByteBuffer.allocate(50 << 20)));
        assertThatThrownBy(() -> Decompression.expand(coding, HostMemory.wrap(bomb), allocator, LIMIT))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("Decompressed data size exceeds the maximum allowed value of 1048576");
        assertThat(allocator.inUse()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "DEFLATE"})
    void truncatedOrBrokenBody_isTheCallersFault(ContentCoding coding) {
        byte[] noise = new byte[10_000];
        new Random(2).nextBytes(noise);
        byte[] whole =
                Compression.compress(coding, List.of(ByteBuffer.wrap(noise))).array();
        byte[] broken = whole.clone();
        Arrays.fill(broken, 20, 2_000, (byte) 0x55);
        for (byte[] body : List.of(Arrays.copyOf(whole, whole.length / 2), broken, new byte[] {1, 2, 3, 4})) {
            assertThatThrownBy(() -> Decompression.expand(coding, HostMemory.wrap(body), allocator, LIMIT))
                    .isInstanceOfSatisfying(
                            InferenceException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
        assertThat(allocator.inUse()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "DEFLATE"})
    void bodyExpandedAsItIsRead_isItself(ContentCoding coding) throws IOException {
        byte[] noise = new byte[100_000];
        new Random(3).nextBytes(noise);
        byte[] compressed =
                Compression.compress(coding, List.of(ByteBuffer.wrap(noise))).array();

        assertThat(expanding(coding, compressed, 100_000).readAllBytes()).isEqualTo(noise);
        byte[] plain = "{\"ready\":true}".getBytes(StandardCharsets.UTF_8);
        assertThat(expanding(coding, plain, LIMIT).readAllBytes()).isEqualTo(plain);
        assertThat(expanding(coding, new byte[0], LIMIT).read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "DEFLATE"})
    void bombOrBrokenBodyExpandedAsItIsRead_isTheCallersFault(ContentCoding coding) {
        byte[] bomb = Compression.compress(coding, List.of(ByteBuffer.allocate(50 << 20)))
                .array();
        assertThatThrownBy(() -> expanding(coding, bomb, LIMIT).transferTo(OutputStream.nullOutputStream()))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("Decompressed data size exceeds the maximum allowed value of 1048576");
        byte[] half = Arrays.copyOf(bomb, bomb.length / 2);
        byte[] broken = bomb.clone();
        Arrays.fill(broken, 10, 200, (byte) 0x55);
        for (byte[] body : List.of(half, broken)) {
            assertThatThrownBy(() -> expanding(coding, body, 1L << 40).transferTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageStartingWith("the request body is not valid " + coding.token());
        }
    }

    private static InputStream expanding(ContentCoding coding, byte[] body, long limit) {
        return Decompression.expanding(coding, new ByteArrayInputStream(body), limit);
    }

    @ParameterizedTest
    @EnumSource
    void json_isNotTakenForCompressed(ContentCoding coding) {
        for (String text : List.of("", "{", "{\"inputs\":[]}", " {", "[1]")) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            assertThat(Decompression.isEncoded(coding, bytes)).as(text).isFalse();
        }
    }

    @Test
    void twoGzipMembers_areOneBody() {
        ByteBuffer one = Compression.compress(ContentCoding.GZIP, List.of(ByteBuffer.wrap(new byte[] {1, 2})));
        ByteBuffer two = ByteBuffer.allocate(2 * one.remaining())
                .put(one.duplicate())
                .put(one.duplicate())
                .flip();
        HostMemory expanded = Decompression.expand(ContentCoding.GZIP, HostMemory.wrap(two), allocator, LIMIT);
        assertThat(expanded.buffer()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 1, 2}));
        expanded.release();
    }
}
