package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.ModelId;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SingleResponseTest {
    private final CountingAllocator allocator = new CountingAllocator();
    private final SingleResponse single = new SingleResponse();

    @AfterEach
    void noMemoryIsLeft() {
        assertThat(allocator.live()).isZero();
    }

    private InferenceResponse response() {
        return new InferenceResponse(
                "", new ModelId("m", 1), List.of(Tensors.ofInts(allocator, "A", Shape.of(1), 1)), Parameters.NONE);
    }

    private static InferenceResponse empty() {
        return new InferenceResponse("", new ModelId("m", 1), List.of(), Parameters.NONE);
    }

    @Test
    void oneResponse_isTheResult() {
        InferenceResponse response = response();
        single.onResponse(response, true);

        assertThat(single).isCompletedWithValue(response);
        response.release();
    }

    @Test
    void oneResponseAndAnEmptyEnd_areTheResult() {
        InferenceResponse response = response();
        single.onResponse(response, false);
        single.onResponse(empty(), true);

        assertThat(single).isCompletedWithValue(response);
        response.release();
    }

    @Test
    void severalOrNone_areRefused() {
        SingleResponse none = new SingleResponse();
        none.onResponse(empty(), true);
        single.onResponse(response(), false);
        single.onResponse(response(), true);

        assertThat(single)
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("expected exactly one response, the model gave 2");
        assertThat(none).isCompletedExceptionally();
    }

    @Test
    void failureAfterAResponse_dropsIt() {
        single.onResponse(response(), false);
        single.onError(new InferenceException(ErrorCode.MODEL_FAILED, "no"));

        assertThat(single).isCompletedExceptionally();
    }

    @Test
    void cancel_reachesTheCallWhetherItIsKnownYetOrNot() {
        AtomicInteger cancels = new AtomicInteger();
        SingleResponse early = new SingleResponse();
        early.cancel(true);
        early.startedBy(cancels::incrementAndGet);
        single.startedBy(cancels::incrementAndGet);
        single.cancel(true);
        assertThat(cancels).hasValue(2);

        single.onResponse(response(), true);
        assertThat(single).isCancelled();
    }
}
