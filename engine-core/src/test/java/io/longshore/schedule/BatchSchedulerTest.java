package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.inference.Parameters;
import io.longshore.inference.RequestClass;
import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.Padding;
import io.longshore.model.QueuePolicy;
import io.longshore.schedule.BatchRig.Sent;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Requests that share executions. How the queue decides is {@link BatchQueueTest}'s affair. */
class BatchSchedulerTest {
    private static final InferenceRequest.Options ELSEWHERE =
            InferenceRequest.Options.DEFAULT.withCaller(CallerThread.NEVER);

    private final HeldItems held = new HeldItems();
    private final List<Sent> sent = new ArrayList<>();

    private static UnaryOperator<ModelConfig.Builder> batching(long delayNanos, Integer... preferred) {
        return draft -> draft.dynamicBatching(
                new DynamicBatching(List.of(preferred), Duration.ofNanos(delayNanos), false, 0, 0, Map.of()));
    }

    private static BatchRig rig() {
        return new BatchRig(1, batching(0));
    }

    /** Has an instance at work, so that what comes next waits. */
    private void occupy(BatchRig rig) {
        FakeBehaviour after = rig.behaviour;
        rig.behaviour = held;
        sent.add(rig.submit(0));
        rig.executor.runAll();
        rig.behaviour = after;
    }

    private void release(BatchRig rig) {
        ExecutionItem item = held.take();
        BatchRig.compute(item);
        rig.executor.runAll();
    }

    private void finish(BatchRig rig) throws Exception {
        rig.executor.runAll();
        sent.forEach(Sent::check);
        rig.closeAndCheck(sent.size());
    }

    @Test
    void requestsThatWait_runTogetherAndEachGetsItsOwnRows() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        sent.addAll(List.of(rig.submit(1), rig.submit(2, 3), rig.submit(4)));
        release(rig);

        assertThat(rig.executed).containsExactly(1L, 4L);
        finish(rig);
    }

    @Test
    void outputs_arePerRequest() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        sent.add(rig.send(ELSEWHERE, List.of("TWICE"), 1, 1));
        sent.add(rig.send(ELSEWHERE, List.of("TWICE", "SAME"), 1, 2));
        sent.add(rig.send(ELSEWHERE, List.of("SAME"), 1, 3));
        release(rig);

        assertThat(rig.executed).containsExactly(1L, 3L);
        finish(rig);
    }

    @Test
    void idleInstance_doesNotWaitWithoutADelay() throws Exception {
        BatchRig rig = rig();
        sent.add(rig.send(InferenceRequest.Options.DEFAULT, List.of(), 1, 1));

        assertThat(sent.get(0).sink().isEnded()).as("on the caller's thread").isTrue();
        finish(rig);
    }

    @Test
    void delay_isWaitedForAndThenTheBatchRuns() throws Exception {
        BatchRig rig = new BatchRig(1, batching(100));
        sent.add(rig.submit(1));
        rig.delayer.advance(Duration.ofNanos(60));
        sent.add(rig.submit(2));
        rig.executor.runAll();
        assertThat(rig.executed).isEmpty();
        rig.delayer.advance(Duration.ofNanos(40));
        rig.executor.runAll();

        assertThat(rig.executed).containsExactly(2L);
        finish(rig);
    }

    @Test
    void requestThatFillsTheBatch_runsItOnItsOwnThread() throws Exception {
        BatchRig rig = new BatchRig(1, batching(100, 3));
        sent.addAll(List.of(rig.submit(1), rig.submit(2)));
        sent.add(rig.send(InferenceRequest.Options.DEFAULT, List.of(), 1, 3));

        assertThat(rig.executed).containsExactly(3L);
        rig.delayer.advance(Duration.ofNanos(100));
        finish(rig);
    }

    @Test
    void largeRequest_doesNotWaitForOthers() throws Exception {
        BatchRig rig = new BatchRig(1, batching(100));
        sent.add(rig.submit(1, 2, 3, 4, 5, 6, 7, 8));
        rig.executor.runAll();

        assertThat(rig.executed).containsExactly(8L);
        finish(rig);
    }

    @Test
    void otherLengths_runByThemselves() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        sent.add(rig.send(ELSEWHERE, List.of(), 1, 1, 2));
        sent.add(rig.send(ELSEWHERE, List.of(), 1, 3));
        sent.add(rig.send(ELSEWHERE, List.of(), 1, 4, 5));
        release(rig);

        assertThat(rig.executed).containsExactly(1L, 2L, 1L);
        finish(rig);
    }

    @Test
    void modelWithoutBatchDimension_runsEachByItself() throws Exception {
        BatchRig rig = new BatchRig(1, draft -> batching(0).apply(draft).maxBatchSize(0));
        occupy(rig);
        sent.addAll(List.of(rig.submit(1), rig.submit(2)));
        release(rig);

        assertThat(rig.executed).containsExactly(1L, 1L, 1L);
        finish(rig);
    }

    @Test
    void oneBadRequest_failsAlone() throws Exception {
        BatchRig rig = rig();
        rig.behaviour = failingAt(6);
        occupy(rig);
        for (int i = 1; i < 6; i++) {
            sent.add(rig.submit(i));
        }
        Sent bad = rig.submit(6);
        sent.add(rig.submit(7));
        release(rig);

        assertThat(bad.sink().failure()).hasMessage("the model cannot take 6");
        assertThat(rig.executed).as("halves until it is alone").containsExactly(1L, 7L, 3L, 4L, 2L, 2L, 1L, 1L);
        sent.forEach(Sent::check);
        assertThat(rig.statistics.failures().counts().values()).containsOnlyOnce(1L);
        rig.closeAndCheck(8);
    }

    /** Fails any batch that has this value in it. */
    private static FakeBehaviour failingAt(float bad) {
        return item -> {
            for (float value : BatchRig.floats(item.inputs().get(0))) {
                if (value == bad) {
                    item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "the model cannot take " + (int) bad));
                    return;
                }
            }
            BatchRig.compute(item);
        };
    }

    @Test
    void failureOfABackendThatMustNotRepeat_isEverybodys() throws Exception {
        BatchRig rig = rig();
        rig.repeatable = false;
        rig.behaviour = failingAt(2);
        occupy(rig);
        List<Sent> batch = List.of(rig.submit(1), rig.submit(2));
        release(rig);

        assertThat(batch).allSatisfy(each -> assertThat(each.sink().failure()).hasMessage("the model cannot take 2"));
        assertThat(rig.executed).containsExactly(1L, 2L);
        sent.forEach(Sent::check);
        rig.closeAndCheck(3);
    }

    @Test
    void crash_failsTheBatchAndReplacesTheInstance() throws Exception {
        BatchRig rig = rig();
        rig.behaviour = FakeBehaviour.throwing();
        occupy(rig);
        List<Sent> batch = List.of(rig.submit(1), rig.submit(2));
        release(rig);
        rig.behaviour = BatchRig::compute;
        sent.add(rig.submit(3));

        assertThat(batch)
                .allSatisfy(each -> assertThat(each.sink().failure().code()).isEqualTo(ErrorCode.INTERNAL));
        rig.executor.runAll();
        sent.forEach(Sent::check);
        rig.closeAndCheck(4);
    }

    @Test
    void backendThatFailsAndThenThrows_losesItsInstanceAndTheHalvesRunOnAnother() throws Exception {
        BatchRig rig = rig();
        rig.behaviour = item -> {
            if (item.inputs().get(0).shape().dim(0) == 1) {
                BatchRig.compute(item);
            } else {
                item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "no"));
                throw new IllegalStateException("and broke");
            }
        };
        occupy(rig);
        sent.addAll(List.of(rig.submit(1), rig.submit(2)));
        release(rig);

        finish(rig);
    }

    @Test
    void modelThatGivesTooFewRows_isRunRowByRow() throws Exception {
        BatchRig rig = rig();
        rig.behaviour = item -> {
            List<Tensor> outputs = BatchRig.outputsOf(item);
            if (item.inputs().get(0).shape().dim(0) > 1) {
                outputs = outputs.stream()
                        .map(whole -> {
                            Tensor flat =
                                    whole.reshaped(Shape.of(1, whole.shape().elementCount()));
                            whole.release();
                            return flat;
                        })
                        .toList();
            }
            item.respond(outputs, Parameters.NONE, true);
        };
        occupy(rig);
        sent.addAll(List.of(rig.submit(1), rig.submit(2)));
        release(rig);

        finish(rig);
    }

    @Test
    void withdrawnMember_costsItsNeighboursNothing() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        rig.behaviour = held;
        Sent leaves = rig.submit(1);
        sent.add(rig.submit(2));
        release(rig);
        ExecutionItem batch = held.take();
        leaves.request().cancel();

        assertThat(leaves.sink().failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(batch.context().isCancelled()).isFalse();
        BatchRig.compute(batch);
        sent.forEach(Sent::check);
        ModelStatistics statistics = rig.scheduler().statistics(new ModelId("m", 1));
        assertThat(statistics.cancelled().count()).isEqualTo(1);
        assertThat(statistics.success().count()).isEqualTo(2);
        rig.closeAndCheck(3);
    }

    @Test
    void batchThatNobodyWaitsFor_isCancelledAndNotRepeated() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        rig.behaviour = held;
        List<Sent> batch = List.of(rig.submit(1), rig.submit(2));
        release(rig);
        ExecutionItem item = held.take();
        List<String> told = new ArrayList<>();
        item.context().onCancel(() -> told.add("cancelled"));
        batch.get(0).request().cancel();
        assertThat(told).isEmpty();
        batch.get(1).request().cancel();

        assertThat(told).containsExactly("cancelled");
        assertThat(item.context().isCancelled()).isTrue();
        item.fail(new InferenceException(ErrorCode.CANCELLED, "noticed"));
        assertThat(rig.executed).containsExactly(1L, 2L);
        sent.forEach(Sent::check);
        rig.closeAndCheck(3);
    }

    @Test
    void withdrawnBetweenLeaseAndRun_isNotCopied() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        List<Sent> batch = List.of(rig.submit(1), rig.submit(2), rig.submit(3));
        ExecutionItem first = held.take();
        BatchRig.compute(first);
        batch.get(1).request().cancel();
        rig.executor.runAll();

        assertThat(rig.executed).containsExactly(1L, 2L);
        sent.add(batch.get(0));
        sent.add(batch.get(2));
        sent.forEach(Sent::check);
        rig.closeAndCheck(4);
    }

    @Test
    void noMemoryForTheWhole_runsSmallerBatches() throws Exception {
        BatchRig rig = rig();
        rig.allocator.refuseBeyond(3 * Float.BYTES);
        occupy(rig);
        for (int i = 1; i <= 5; i++) {
            sent.add(rig.submit(i));
        }
        release(rig);

        assertThat(rig.executed).containsExactly(1L, 2L, 3L);
        finish(rig);
    }

    @Test
    void queueTimeout_endsAtOnceWhatWaitsAndNothingElse() throws Exception {
        BatchRig rig = new BatchRig(
                1, draft -> batching(0).apply(draft).queuePolicy(new QueuePolicy(9, Duration.ofNanos(50))));
        occupy(rig);
        Sent late = rig.submit(1);
        rig.delayer.advance(Duration.ofNanos(20));
        sent.add(rig.submit(2));
        rig.delayer.advance(Duration.ofNanos(30));

        assertThat(late.sink().failure()).hasMessage("Request timeout expired");
        assertThat(late.sink().failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(sent.get(1).sink().isEnded()).isFalse();
        release(rig);
        rig.delayer.advance(Duration.ofNanos(50));
        sent.forEach(Sent::check);
        rig.closeAndCheck(3);
    }

    @Test
    void ownDeadline_endsAtOnceWhatWaits() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        Sent late = Sent.withDeadline(rig, Deadline.after(Duration.ofNanos(10), rig.ticker), 1);
        rig.delayer.advance(Duration.ofNanos(10));

        assertThat(late.sink().failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(rig.scheduler().waiting()).isZero();
        release(rig);
        sent.forEach(Sent::check);
        rig.closeAndCheck(2);
    }

    @Test
    void waitAndRunLongerThanTheDeadline_isRefusedAtOnce() throws Exception {
        BatchRig rig = new BatchRig(1, draft -> draft);
        occupy(rig);
        rig.delayer.advance(Duration.ofMillis(10));
        release(rig);
        occupy(rig);
        sent.addAll(List.of(rig.submit(1), rig.submit(2), rig.submit(3)));
        Sent hopeless = Sent.withDeadline(rig, Deadline.after(Duration.ofMillis(35), rig.ticker), 4);

        assertThat(hopeless.sink().failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(hopeless.sink().failure())
                .hasMessage("Request would wait for about 40 ms, which is longer than its timeout");
        sent.add(Sent.withDeadline(rig, Deadline.after(Duration.ofMillis(45), rig.ticker), 5));
        assertThat(sent.get(5).sink().isEnded()).isFalse();
        release(rig);
        sent.forEach(Sent::check);
        rig.closeAndCheck(7);
    }

    @Test
    void waitLongerThanTheQueueTimeout_isRefusedAtOnceUnlessItOnlyDelays() throws Exception {
        for (QueuePolicy.TimeoutAction action : QueuePolicy.TimeoutAction.values()) {
            BatchRig rig =
                    new BatchRig(1, draft -> draft.queuePolicy(new QueuePolicy(9, Duration.ofMillis(15), action)));
            sent.clear();
            occupy(rig);
            rig.delayer.advance(Duration.ofMillis(10));
            release(rig);
            occupy(rig);
            sent.addAll(List.of(rig.submit(1), rig.submit(2)));
            Sent third = rig.submit(3);

            assertThat(third.sink().isEnded()).isEqualTo(action == QueuePolicy.TimeoutAction.REJECT);
            release(rig);
            rig.delayer.advance(Duration.ofMillis(15));
            sent.forEach(Sent::check);
            third.sink().release();
            rig.closeAndCheck(5);
        }
    }

    @Test
    void latencyGoal_growsBatchesOnceTheyHaveShownToPay() throws Exception {
        BatchRig rig = new BatchRig(
                1,
                draft -> draft.dynamicBatching(new DynamicBatching(
                        List.of(), Duration.ZERO, false, 0, 0, Map.of(), Duration.ofMillis(50), null)));
        rig.behaviour = held;
        int answered = 0;
        for (int i = 0; i < 300; i++) {
            sent.add(rig.submit(i));
            sent.add(rig.submit(i));
            sent.add(rig.submit(i));
            rig.delayer.advance(Duration.ofMillis(2));
            rig.executor.runAll();
            while (held.size() > 0) {
                // Five milliseconds an execution, and a tenth for each row.
                rig.delayer.advance(Duration.ofNanos(5_000_000
                        + 100_000 * held.first().inputs().get(0).shape().dim(0)));
                BatchRig.compute(held.take());
                answered++;
                rig.executor.runAll();
            }
        }

        assertThat(answered).as("executions of 900 requests").isLessThan(400);
        assertThat(rig.scheduler().learned().orElseThrow().fixedNanos()).isBetween(4.5e6, 5.5e6);
        rig.delayer.advance(Duration.ofMillis(50));
        finish(rig);
    }

    private static DynamicBatching padded(int preferred) {
        return new DynamicBatching(
                List.of(preferred),
                Duration.ofSeconds(1),
                false,
                0,
                0,
                Map.of(),
                Duration.ZERO,
                new Padding(Map.of("IN", "0"), List.of(4L), null));
    }

    @Test
    void requestsOfOneBucket_runTogetherAndGetTheirOwnLengths() throws Exception {
        BatchRig rig = new BatchRig(1, draft -> draft.dynamicBatching(padded(3)));
        sent.add(rig.send(ELSEWHERE, List.of(), 1, 1, 2, 3));
        sent.add(rig.send(ELSEWHERE, List.of(), 2, 4, 5));
        rig.executor.runAll();

        assertThat(rig.executed).containsExactly(3L);
        finish(rig);
    }

    @Test
    void outputsThatAreNotAsLongAsPaddedInputs_failTheBatchOnce() throws Exception {
        BatchRig rig = new BatchRig(1, draft -> draft.dynamicBatching(padded(2)));
        rig.behaviour = item -> item.respond(
                List.of(Tensors.ofFloats(rig.allocator, "SAME", Shape.of(2, 1), 1, 2)), Parameters.NONE, true);
        List<Sent> refused = List.of(
                rig.send(ELSEWHERE, List.of("SAME"), 1, 1, 2, 3), rig.send(ELSEWHERE, List.of("SAME"), 1, 4, 5));
        rig.executor.runAll();

        assertThat(refused)
                .allSatisfy(
                        each -> assertThat(each.sink().failure()).hasMessageContaining("longshore.padding_outputs"));
        rig.closeAndCheck(2);
    }

    @Test
    void requestWithdrawnBeforeItComes_isNotQueued() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        Sent late = rig.prepare(ELSEWHERE, List.of(), 1, 1);
        late.request().cancel();
        rig.scheduler().submit(late.request());

        assertThat(rig.scheduler().waiting()).isZero();
        assertThat(late.sink().outcome()).isEqualTo("CANCELLED");
        release(rig);
        sent.forEach(Sent::check);
        rig.closeAndCheck(sent.size() + 1);
    }

    @Test
    void backgroundRequests_waitForTheOthers() throws Exception {
        BatchRig rig = new BatchRig(1, draft -> draft);
        List<Float> order = new ArrayList<>();
        rig.behaviour = item -> {
            order.add(BatchRig.floats(item.inputs().get(0))[0]);
            BatchRig.compute(item);
        };
        occupy(rig);
        sent.add(rig.submit(RequestClass.BACKGROUND, 1));
        sent.add(rig.submit(2));
        release(rig);

        assertThat(order).containsExactly(2f, 1f);
        finish(rig);
    }

    @Test
    void itemsForABackendThatWantsThem_areAnsweredWhenTheyAreReady() throws Exception {
        BatchRig rig = rig();
        rig.takesItems = true;
        occupy(rig);
        rig.behaviour = held;
        List<Sent> batch = List.of(rig.submit(1), rig.submit(2));
        release(rig);
        assertThat(held.size()).isEqualTo(2);
        BatchRig.compute(held.take());

        assertThat(batch.get(0).sink().isEnded()).isTrue();
        assertThat(batch.get(1).sink().isEnded()).isFalse();
        assertThat(rig.scheduler().load().running()).isEqualTo(1);
        BatchRig.compute(held.take());
        sent.addAll(batch);
        finish(rig);
    }

    @Test
    void preservedOrder_holdsAnAnswerBackUntilThoseBeforeAreTold() throws Exception {
        BatchRig rig = new BatchRig(
                2, draft -> draft.dynamicBatching(new DynamicBatching(List.of(), Duration.ZERO, true, 0, 0, Map.of())));
        rig.behaviour = held;
        sent.addAll(List.of(rig.submit(1), rig.submit(2), rig.submit(3)));
        rig.executor.runAll();
        ExecutionItem first = held.take();
        BatchRig.compute(held.take());
        rig.executor.runAll();
        BatchRig.compute(held.take());
        assertThat(rig.answered).isEmpty();
        BatchRig.compute(first);

        assertThat(rig.answered).containsExactly(1f, 2f, 3f);
        finish(rig);
    }

    @Test
    void preservedOrder_doesNotWaitForWhatWasWithdrawnOrRefused() throws Exception {
        BatchRig rig = new BatchRig(
                1,
                draft -> draft.queuePolicy(new QueuePolicy(2, Duration.ZERO))
                        .dynamicBatching(new DynamicBatching(List.of(), Duration.ZERO, true, 0, 0, Map.of())));
        occupy(rig);
        Sent withdrawn = rig.submit(1);
        sent.add(rig.submit(2));
        Sent refused = rig.submit(3);
        withdrawn.request().cancel();
        release(rig);

        assertThat(refused.sink().failure()).hasMessage("Exceeds maximum queue size");
        assertThat(rig.answered).containsExactly(0f, 2f);
        sent.forEach(Sent::check);
        rig.closeAndCheck(4);
    }

    @Test
    void sharedExecution_countsOnceAndEachRequestForItself() throws Exception {
        BatchRig rig = rig();
        occupy(rig);
        rig.behaviour = held;
        sent.addAll(List.of(rig.submit(1), rig.submit(2, 3)));
        rig.delayer.advance(Duration.ofNanos(5));
        release(rig);
        rig.delayer.advance(Duration.ofNanos(3));
        held.first().inputsReady();
        rig.delayer.advance(Duration.ofNanos(10));
        held.first().outputsBegun();
        rig.delayer.advance(Duration.ofNanos(2));
        release(rig);

        ModelStatistics statistics = rig.scheduler().statistics(new ModelId("m", 1));
        assertThat(statistics.inferenceCount()).isEqualTo(4);
        assertThat(statistics.executionCount()).isEqualTo(2);
        assertThat(statistics.compute()).isEqualTo(new Compute(3, 6, 25, 4));
        assertThat(statistics.queue()).isEqualTo(new Total(3, 10));
        assertThat(statistics.success()).isEqualTo(new Total(3, 45));
        assertThat(statistics.batches())
                .containsExactly(
                        new ModelStatistics.Batch(1, new Compute(1, 0, 5, 0)),
                        new ModelStatistics.Batch(3, new Compute(1, 3, 10, 2)));
        finish(rig);
    }

    @Test
    void closedExecutor_refusesTheBatchAndGivesTheInstanceBack() throws Exception {
        BatchRig rig = new BatchRig(1, batching(100));
        List<Sent> batch = List.of(rig.submit(1), rig.submit(2));
        rig.executor.close();
        rig.delayer.advance(Duration.ofNanos(100));

        assertThat(batch).allSatisfy(each -> assertThat(each.sink().failure()).hasMessage("the server is stopping"));
        rig.closeAndCheck(2);
    }
}
