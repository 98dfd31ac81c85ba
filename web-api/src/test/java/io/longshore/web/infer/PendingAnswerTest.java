package io.longshore.web.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.web.http.TrackedAllocator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PendingAnswerTest {
    private final TrackedAllocator memory = TrackedAllocator.direct(1 << 20);
    private final PendingAnswer pending = new PendingAnswer(PendingAnswer.Kind.INFER);
    private final AtomicInteger cancels = new AtomicInteger();
    private final AtomicInteger wakes = new AtomicInteger();

    @AfterEach
    void nothingIsLost() {
        assertThat(memory.inUse()).isZero();
    }

    @Test
    void outcomeBeforeAnyoneWaits_isTakenOnce() {
        pending.onResponse(response(), true);
        assertThat(pending.isEnded()).isTrue();
        assertThat(pending.waitFor(wakes::incrementAndGet)).isFalse();
        pending.take().release();
        assertThatThrownBy(pending::take).isInstanceOf(InferenceException.class);
        assertThat(wakes).hasValue(0);
    }

    @Test
    void outcomeAfterTheWait_wakesTheWaiterOnce() {
        assertThat(pending.waitFor(wakes::incrementAndGet)).isTrue();
        assertThat(pending.isEnded()).isFalse();
        pending.onResponse(response(), true);
        assertThat(wakes).hasValue(1);
        pending.take().release();
    }

    @Test
    void failure_isThrownToTheTaker() {
        InferenceException failure = new InferenceException(ErrorCode.MODEL_FAILED, "broke");
        pending.onError(failure);
        assertThatThrownBy(pending::take).isSameAs(failure);
    }

    @Test
    void failureAfterAResponse_releasesIt() {
        pending.onResponse(response(), false);
        pending.onError(new InferenceException(ErrorCode.MODEL_FAILED, "broke"));
        assertThatThrownBy(pending::take).hasMessage("broke");
    }

    @Test
    void decoupledModel_isRefusedBeforeItRuns() {
        assertThat(pending.refusalOfDecoupled())
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessage("HTTP end point doesn't support models with decoupled transaction policy");
    }

    @Test
    void twoResponses_areRefusedAsDecoupled() {
        pending.onResponse(response(), false);
        pending.onResponse(response(), true);
        assertThatThrownBy(pending::take)
                .hasMessage("HTTP end point doesn't support models with decoupled transaction policy");
    }

    @Test
    void emptyFinalResponseBehindOne_isNoSecond() {
        pending.onResponse(response(), false);
        pending.onResponse(new InferenceResponse("", new ModelId("m", 1), List.of(), Parameters.NONE), true);
        pending.take().release();
    }

    @Test
    void abandonedWhileRunning_cancelsAndReleasesWhatComesLater() {
        pending.startedBy(cancels::incrementAndGet);
        pending.abandon();
        assertThat(cancels).hasValue(1);
        pending.onResponse(response(), true);
        assertThatThrownBy(pending::take)
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void abandonedBeforeTheCallIsKnown_cancelsOnceItIs() {
        pending.abandon();
        pending.startedBy(cancels::incrementAndGet);
        assertThat(cancels).hasValue(1);
        pending.onError(new InferenceException(ErrorCode.CANCELLED, "cancelled"));
    }

    @Test
    void abandonedWhileWaiting_neverWakes() {
        pending.startedBy(cancels::incrementAndGet);
        assertThat(pending.waitFor(wakes::incrementAndGet)).isTrue();
        pending.abandon();
        pending.onResponse(response(), true);
        assertThat(cancels).hasValue(1);
        assertThat(wakes).hasValue(0);
    }

    @Test
    void abandonedAfterTheEnd_releasesWithoutCancelling() {
        pending.startedBy(cancels::incrementAndGet);
        pending.onResponse(response(), true);
        pending.abandon();
        assertThat(cancels).hasValue(0);
    }

    @Test
    void abandonedAfterTheTake_leavesTheResponseToTheTaker() {
        pending.onResponse(response(), true);
        InferenceResponse taken = pending.take();
        pending.abandon();
        assertThat(memory.inUse()).isPositive();
        taken.release();
    }

    /** The race of the engine's end with the servlet's wait and the client's disconnect. */
    @Test
    void endWaitAndAbandonAtOnce_releaseExactlyOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 2_000; round++) {
                race(threads, new PendingAnswer(PendingAnswer.Kind.INFER));
                assertThat(memory.inUse()).as("round %d", round).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void race(ExecutorService threads, PendingAnswer answer) throws Exception {
        CyclicBarrier start = new CyclicBarrier(3);
        InferenceResponse response = response();
        List<Future<?>> runs = List.of(
                threads.submit(() -> {
                    start.await();
                    answer.onResponse(response, true);
                    return null;
                }),
                threads.submit(() -> {
                    start.await();
                    if (!answer.waitFor(() -> takeAndRelease(answer))) {
                        takeAndRelease(answer);
                    }
                    return null;
                }),
                threads.submit(() -> {
                    start.await();
                    answer.abandon();
                    return null;
                }));
        for (Future<?> run : runs) {
            run.get();
        }
    }

    private static void takeAndRelease(PendingAnswer answer) {
        try {
            answer.take().release();
        } catch (InferenceException abandoned) {
            assertThat(abandoned.code()).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    private InferenceResponse response() {
        Tensor output = new Tensor("OUT", DataType.INT8, Shape.of(4), memory.allocate(4));
        return new InferenceResponse("", new ModelId("m", 1), List.of(output), Parameters.NONE);
    }
}
