package io.longshore.protocol.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.CountingAllocator;

/** A decoder of small messages that says what it refuses, with its memory counted. */
final class Refusals {
    final CountingAllocator allocator = new CountingAllocator();
    final ProtoInferDecoder decoder = new ProtoInferDecoder(1 << 20, allocator, () -> 1000);

    void assertAllMemoryIsReleased() {
        assertThat(allocator.live()).isZero();
    }

    void assertFault(byte[] message, String text) {
        assertThatThrownBy(() -> decoder.decode(WireSource.of(message)))
                .isInstanceOf(InferenceException.class)
                .hasMessage(text)
                .extracting(e -> ((InferenceException) e).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
}
