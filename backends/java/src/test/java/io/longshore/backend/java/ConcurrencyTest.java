package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.Ticker;
import io.longshore.spi.FakeContext;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the objects of a model are called, and what cancelling does to them. */
class ConcurrencyTest extends UserCodeFixture {
    @Test
    void ownObject_getsTheItemsOfAnExecutionOneByOne() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        JavaBackendInstance instance = instance((inputs, context) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            return CompletableFuture.supplyAsync(
                    () -> {
                        inside.decrementAndGet();
                        return Outputs.of(tensor("OUT", 1f));
                    },
                    threads);
        });
        RecordingItem[] all = IntStream.range(0, 50).mapToObj(this::item).toArray(RecordingItem[]::new);

        start(instance, all);

        assertThat(List.of(all)).allSatisfy(item -> assertThat(item.answer()).hasSize(1));
        assertThat(most).hasValue(1);
    }

    @Test
    void sharedObject_isCalledBySeveralAtOnce() {
        CyclicBarrier both = new CyclicBarrier(2);
        JavaModel model = (inputs, context) -> {
            both.await(60, TimeUnit.SECONDS);
            return answer(1f);
        };
        JavaBackendInstance instance = instance(runtime(threads, true), model, true);
        RecordingItem first = item(1f);
        RecordingItem second = item(2f);

        start(instance, first, second);

        assertThat(first.answer()).hasSize(1);
        assertThat(second.answer()).hasSize(1);
    }

    @Test
    void cancelledWhileTheCodeWaits_interruptsTheCode() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicBoolean interruptedLater = new AtomicBoolean();
        JavaBackendInstance instance = instance((inputs, context) -> {
            if (inputs.floats("IN")[0] < 0) {
                waiting.countDown();
                new CountDownLatch(1).await();
            }
            interruptedLater.set(Thread.currentThread().isInterrupted());
            return answer(1f);
        });
        RecordingItem stuck = item(-1f);
        start(instance, stuck);
        waiting.await();

        stuck.context().cancel();

        assertThat(stuck.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(execute(instance, item(1f)).answer()).hasSize(1);
        assertThat(interruptedLater).isFalse();
    }

    @Test
    void expired_saysSo() {
        Deadline past = Deadline.at(Ticker.SYSTEM.nanos() - 1);
        FakeContext context = new FakeContext(allocator, past, (model, inputs, outputs) -> new CompletableFuture<>());
        RecordingItem item = item(tensor("IN", 1f), context);
        context.cancel();

        assertThat(execute(instance((inputs, c) -> answer(1f)), item).failure().code())
                .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void stageThatNeverCompletes_leavesTheObjectUsableOnceCancelled() {
        JavaBackendInstance instance =
                instance((inputs, context) -> inputs.floats("IN")[0] < 0 ? new CompletableFuture<>() : answer(1f));
        RecordingItem forgotten = item(-1f);
        RecordingItem next = item(1f);
        start(instance, forgotten, next);

        forgotten.context().cancel();

        assertThat(forgotten.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(next.answer()).hasSize(1);
    }

    @Test
    void answerAfterCancelling_isReleased() {
        CompletableFuture<Outputs> late = new CompletableFuture<>();
        JavaModel model = (inputs, context) -> late;
        JavaBackendInstance instance = instance(runtime(Runnable::run, true), model, false);
        RecordingItem item = item(1f);
        start(instance, item);
        item.context().cancel();
        assertThat(item.failure().code()).isEqualTo(ErrorCode.CANCELLED);

        Tensor output = tensor("OUT", 1f);
        late.complete(Outputs.of(output));

        assertThat(allocator.live()).as("the input alone").isEqualTo(1);
    }

    @Test
    void cancelledBeforeItsTurn_isNotCalled() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        JavaBackendInstance instance = instance((inputs, context) -> {
            calls.incrementAndGet();
            release.await();
            return answer(1f);
        });
        RecordingItem first = item(1f);
        RecordingItem second = item(2f);
        start(instance, first, second);

        second.context().cancel();
        release.countDown();

        assertThat(first.answer()).hasSize(1);
        assertThat(second.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(calls).hasValue(1);
    }

    @Test
    void cancelledCodeThatDoesNotStop_keepsItsInputsUntilItReturns() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        JavaBackendInstance instance = instance((inputs, context) -> {
            inside.countDown();
            awaitDeaf(release);
            return answer(inputs.floats("IN")[0]);
        });
        RecordingItem item = item(1f);
        start(instance, item);
        inside.await();

        item.context().cancel();

        assertThat(item.isEnded()).as("ended while the code runs").isFalse();
        release.countDown();
        assertThat(item.failure().code()).isEqualTo(ErrorCode.CANCELLED);
    }

    /** Waits as code does that does not care for interrupts. */
    private static void awaitDeaf(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                Thread.onSpinWait();
            }
        }
    }
}
