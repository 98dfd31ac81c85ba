package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutputRegionsTest {
    private final CountingAllocator memory = new CountingAllocator();
    private final RecordingSink sink = new RecordingSink();
    private final FakeLease lease = new FakeLease(8);
    private final OutputRegions regions = OutputRegions.of(Map.of("OUT", lease));
    private final AtomicInteger cancels = new AtomicInteger();
    private final List<ResponseSink> started = new ArrayList<>();

    @AfterEach
    void nothingIsLost() {
        sink.release();
        assertThat(memory.live()).isZero();
    }

    @Test
    void outputOfARegion_isWrittenThereAndHasNoBytesAnyMore() {
        start().onResponse(response(tensor("OUT", 1, 2), tensor("OTHER", 3)), true);

        InferenceResponse response = sink.responses().get(0);
        Tensor stored = response.outputs().get(0);
        assertThat(stored.isHost()).isFalse();
        assertThat(stored.shape()).isEqualTo(Shape.of(2));
        assertThat(stored.byteSize()).isEqualTo(8);
        assertThat(response.outputs().get(1).isHost()).isTrue();
        assertThat(lease.written).containsExactly(1, 0, 0, 0, 2, 0, 0, 0);
        assertThat(lease.isReleased).isTrue();
    }

    @Test
    void outputLargerThanItsRegion_isTheRequestsFailure() {
        start().onResponse(response(tensor("OTHER", 1), tensor("OUT", 1, 2, 3)), true);

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.REGION_UNUSABLE);
        assertThat(sink.failure())
                .hasMessage(
                        "shared memory size specified with the request for output 'OUT' (8 bytes) should be at least"
                                + " 12 bytes to hold the results");
        assertThat(lease.isReleased).isTrue();
    }

    @Test
    void regionThatFails_endsTheRequestAndWithdrawsIt() {
        ResponseSink engine = start();
        lease.failure = new InferenceException(ErrorCode.INVALID_ARGUMENT, "cut off");
        engine.onResponse(response(tensor("OUT", 1)), false);

        assertThat(sink.failure()).hasMessage("cut off");
        assertThat(cancels).hasValue(1);
        engine.onResponse(response(tensor("OUT", 2)), false);
        engine.onError(new InferenceException(ErrorCode.CANCELLED, "withdrawn"));
        assertThat(sink.violations()).isZero();
    }

    @Test
    void regionThatFailsBeforeTheEngineReturns_withdrawsTheRequestToo() {
        lease.failure = new InferenceException(ErrorCode.INVALID_ARGUMENT, "cut off");
        regions.infer(
                (request, engineSink) -> {
                    engineSink.onResponse(response(tensor("OUT", 1)), false);
                    return cancels::incrementAndGet;
                },
                request(),
                sink);
        assertThat(cancels).hasValue(1);
        assertThat(sink.outcome()).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void regionThatThrowsAnythingElse_isInternal() {
        lease.failure = new IllegalStateException("bug");
        start().onResponse(response(tensor("OUT", 1)), true);
        assertThat(sink.failure().code()).isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void severalResponses_areEachWrittenAndTheLastEndsTheUse() {
        ResponseSink engine = start();
        engine.onResponse(response(tensor("OUT", 1)), false);
        assertThat(lease.isReleased).isFalse();
        engine.onResponse(response(tensor("OUT", 2)), false);
        assertThat(lease.written).containsExactly(2, 0, 0, 0);
        engine.onResponse(response(), true);
        assertThat(lease.isReleased).isTrue();
        assertThat(sink.responses()).hasSize(3);
    }

    @Test
    void failureOfTheEngine_isToldAndEndsTheUse() {
        start().onError(new InferenceException(ErrorCode.UNAVAILABLE, "full"));
        assertThat(sink.failure()).hasMessage("full");
        assertThat(lease.isReleased).isTrue();
    }

    @Test
    void noRegions_putNothingBetweenEngineAndSink() {
        assertThat(OutputRegions.of(Map.of())).isSameAs(OutputRegions.NONE);
        OutputRegions.NONE.infer(this::keep, request(), sink);
        assertThat(started).containsExactly(sink);
    }

    private ResponseSink start() {
        regions.infer(this::keep, request(), sink);
        return started.get(0);
    }

    private InferenceCall keep(InferenceRequest request, ResponseSink engineSink) {
        started.add(engineSink);
        return cancels::incrementAndGet;
    }

    private static InferenceRequest request() {
        return InferenceRequest.of(ModelSelector.latest("m"), List.of());
    }

    private static InferenceResponse response(Tensor... outputs) {
        return new InferenceResponse("", new ModelId("m", 1), List.of(outputs), Parameters.NONE);
    }

    private Tensor tensor(String name, int... values) {
        return Tensors.ofInts(memory, name, Shape.of(values.length), values);
    }

    /** A part of a region that keeps what is written. */
    private static final class FakeLease implements RegionLease {
        private final long byteSize;
        private byte[] written = {};
        private boolean isReleased;
        private @Nullable RuntimeException failure;

        FakeLease(long byteSize) {
            this.byteSize = byteSize;
        }

        @Override
        public long byteSize() {
            return byteSize;
        }

        @Override
        public void read(ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(ByteBuffer source) {
            if (failure != null) {
                throw failure;
            }
            written = new byte[source.remaining()];
            source.get(written);
        }

        @Override
        public void release() {
            isReleased = true;
        }
    }
}
