package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.longshore.Race;
import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.ResponseSink;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class UnbatchedSchedulerTest {
    private final HeldItems held = new HeldItems();

    @Test
    void callerThatMayExecute_runsTheModelItself() {
        SchedulerRig rig = new SchedulerRig(1, 1, FakeBehaviour.echo());
        RecordingSink sink = new RecordingSink();
        rig.submit("a", sink, Deadline.NONE, CallerThread.FREELY);

        assertThat(rig.executor.waiting()).isZero();
        assertThat(sink.responses()).hasSize(1);
        sink.release();
        rig.closeAndCheck(1);
    }

    @Test
    void queueBound_isExactAndNamesItself() {
        SchedulerRig rig = new SchedulerRig(1, 2, held);
        rig.submit("runs");
        rig.submit("waits 1");
        PendingRequest second = rig.submit("waits 2", new RecordingSink());
        RecordingSink third = rig.submit("one too many");

        assertThat(third.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(third.failure()).hasMessage("Exceeds maximum queue size");
        second.cancel();
        RecordingSink fourth = rig.submit("waits instead");
        assertThat(fourth.outcome()).isEqualTo("OPEN");
        finishAll(rig);
        fourth.release();
        assertThat(rig.begun).containsExactly("runs", "waits 1", "waits instead");
    }

    @Test
    void cancelledWhileItWaits_endsAtOnceAndNeverBegins() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        rig.submit("first");
        RecordingSink sink = new RecordingSink();
        PendingRequest waiting = rig.submit("second", sink);
        waiting.cancel();

        assertThat(sink.outcome()).isEqualTo("CANCELLED");
        assertThat(rig.over).hasValue(1);
        finishAll(rig);
        assertThat(rig.begun).containsExactly("first");
    }

    @Test
    void cancelledBetweenLeaseAndRun_neverBeginsAndHoldsTheSchedulerOpenUntilTheInstanceIsBack() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());
        RecordingSink sink = new RecordingSink();
        PendingRequest request = rig.submit("leased", sink);
        request.cancel();

        assertThat(sink.outcome()).isEqualTo("CANCELLED");
        assertThat(rig.over).as("not over while it holds an instance").hasValue(0);
        rig.executor.runAll();
        assertThat(rig.begun).isEmpty();
        rig.closeAndCheck(1);
    }

    @Test
    void deadlineWhileItRuns_answersAtOnceAndDropsTheLateAnswer() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        RecordingSink sink = new RecordingSink();
        PendingRequest request =
                rig.submit("slow", sink, Deadline.after(Duration.ofMillis(5), rig.ticker), CallerThread.FREELY);
        List<String> told = new ArrayList<>();
        request.onCancel(() -> told.add("told"));
        Runnable forget = request.onCancel(() -> told.add("forgotten"));
        forget.run();
        rig.delayer.advance(Duration.ofMillis(4));
        assertThat(sink.outcome()).isEqualTo("OPEN");
        rig.delayer.advance(Duration.ofMillis(1));

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(sink.failure()).hasMessage("Request timeout expired");
        assertThat(told).containsExactly("told");
        assertThat(rig.allocator.live()).as("the model still reads its input").isEqualTo(1);
        held.answerNext();
        assertThat(sink.violations()).isZero();
        rig.closeAndCheck(1);
    }

    @Test
    void answerAfterReturn_freesTheInstanceOnlyThen() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        rig.submit("a").release();
        rig.submit("b");
        rig.executor.runAll();
        assertThat(rig.begun).containsExactly("a");
        finishAll(rig);
        assertThat(rig.begun).containsExactly("a", "b");
    }

    @Test
    void secondEnd_isRefusedAndItsOutputsReleased() {
        SchedulerRig rig = new SchedulerRig(1, 8, item -> {
            item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, true);
            assertThatIllegalStateException()
                    .isThrownBy(() -> item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, true));
            assertThatIllegalStateException()
                    .isThrownBy(() -> item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, false));
            assertThatIllegalStateException()
                    .isThrownBy(() -> item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "late")));
        });
        RecordingSink sink = new RecordingSink();
        rig.submit("a", sink, Deadline.NONE, CallerThread.FREELY);

        assertThat(sink.responses()).hasSize(1);
        sink.release();
        rig.closeAndCheck(1);
    }

    @Test
    void severalResponses_comeInOrderBeforeTheEnd() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.decoupled(3));
        RecordingSink sink = new RecordingSink();
        rig.submit("a", sink, Deadline.NONE, CallerThread.FREELY);

        assertThat(sink.responses()).hasSize(4);
        assertThat(sink.responses().get(3).outputs()).isEmpty();
        sink.release();
        rig.closeAndCheck(1);
    }

    @Test
    void brokenInstance_isClosedAndReplaced() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.throwing());
        RecordingSink broken = rig.submit("broken");
        RecordingSink next = rig.submit("next");
        rig.executor.runNext();
        rig.behaviour = FakeBehaviour.echo();
        rig.executor.runAll();

        assertThat(broken.failure().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(broken.failure()).hasMessageContaining("model 'm' failed unexpectedly");
        assertThat(next.responses()).hasSize(1);
        assertThat(rig.scheduler().brokenBecause()).isEmpty();
        next.release();
        rig.closeAndCheck(2);
    }

    @Test
    void errorThrownAfterTheAnswer_keepsTheAnswerAndReplacesTheInstance() {
        SchedulerRig rig = new SchedulerRig(1, 8, item -> {
            FakeBehaviour.echo().execute(item);
            throw new StackOverflowError();
        });
        RecordingSink sink = rig.submit("a");
        rig.executor.runAll();

        assertThat(sink.responses()).hasSize(1);
        sink.release();
        rig.closeAndCheck(1);
    }

    @Test
    void lastInstanceThatCannotBeReplaced_breaksTheModelWithTheReason() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.throwing());
        RecordingSink broken = rig.submit("broken");
        RecordingSink waiting = rig.submit("waiting");
        rig.refusesInstances = true;
        rig.executor.runAll();
        RecordingSink late = rig.submit("late");

        assertThat(broken.failure().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(waiting.failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
        assertThat(late.failure()).hasMessage("no instance of model 'm' is left: no more instances");
        assertThat(rig.scheduler().brokenBecause()).contains("no more instances");
        rig.closeAndCheck(3);
    }

    @Test
    void outputsThatDoNotFit_failTheRequestAlone() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());
        rig.shaper = (asked, outputs, parameters) -> {
            outputs.forEach(Tensor::release);
            throw new IllegalArgumentException("wrong shape");
        };
        RecordingSink sink = rig.submit("a");
        rig.executor.runAll();

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
        assertThat(sink.failure()).hasMessageContaining("wrong shape");
        rig.closeAndCheck(1);
    }

    @Test
    void outputsThatCannotBeGivenAsAsked_failWithThatReason() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());
        rig.shaper = (asked, outputs, parameters) -> {
            outputs.forEach(Tensor::release);
            throw new InferenceException(ErrorCode.INVALID_ARGUMENT, "not as classes");
        };
        RecordingSink sink = rig.submit("a");
        rig.executor.runAll();

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(sink.failure()).hasMessage("not as classes");
        rig.closeAndCheck(1);
    }

    @Test
    void closedExecutor_servesWhatItsThreadsCanAndFailsTheRest() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());
        RecordingSink first = rig.submit("first");
        RecordingSink queued = rig.submit("queued");
        rig.executor.close();
        rig.executor.runAll();
        RecordingSink late = rig.submit("late");

        assertThat(first.responses()).hasSize(1);
        assertThat(queued.responses()).as("on the thread of the first").hasSize(1);
        assertThat(late.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        first.release();
        queued.release();
        rig.closeAndCheck(3);
    }

    @Test
    void closedDelayer_failsTheRequest() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());
        rig.delayer.close();
        RecordingSink sink = new RecordingSink();
        rig.submit("a", sink, Deadline.after(Duration.ofSeconds(1), rig.ticker), CallerThread.FREELY);

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        rig.closeAndCheck(1);
    }

    @Test
    void sinkThatThrows_costsNothingElse() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());
        rig.submit("a", new ResponseSink() {
            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                response.release();
                throw new IllegalStateException("the sink broke");
            }

            @Override
            public void onError(InferenceException failure) {
                throw new IllegalStateException("the sink broke");
            }
        });
        RecordingSink next = rig.submit("next");
        rig.executor.runAll();

        assertThat(next.responses()).hasSize(1);
        next.release();
        rig.closeAndCheck(2);
    }

    @Test
    void sinkThatCallsBack_mayCancelAndSubmit() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.decoupled(2));
        List<PendingRequest> own = new ArrayList<>();
        RecordingSink inner = new RecordingSink();
        RecordingSink outer = new RecordingSink();
        own.add(rig.pending(
                "outer", cancelling(own, outer, () -> rig.submit("inner", inner)), Deadline.NONE, CallerThread.FREELY));
        rig.scheduler().submit(own.get(0));
        rig.executor.runAll();

        assertThat(outer.outcome()).isEqualTo("CANCELLED");
        assertThat(outer.violations()).isZero();
        assertThat(inner.responses()).hasSize(3);
        outer.release();
        inner.release();
        rig.closeAndCheck(2);
    }

    /** A sink that at its first response cancels its own request and starts another. */
    private static ResponseSink cancelling(List<PendingRequest> own, RecordingSink sink, Runnable atFirstResponse) {
        return new ResponseSink() {
            private boolean called;

            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                if (!called) {
                    called = true;
                    own.get(0).cancel();
                    assertThat(sink.isEnded()).as("calls must not overlap").isFalse();
                    atFirstResponse.run();
                }
                sink.onResponse(response, isFinal);
            }

            @Override
            public void onError(InferenceException failure) {
                sink.onError(failure);
            }
        };
    }

    /** Race: two requests whose sinks cancel each other. With a lock held around a sink this ended in a deadlock. */
    @RepeatedTest(20)
    void sinksThatCancelEachOther_doNotDeadlock() {
        SchedulerRig rig = new SchedulerRig(2, 8, held);
        List<PendingRequest> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            both.add(rig.pending(
                    "r" + i, cancelling(() -> both.get(other).cancel()), Deadline.NONE, CallerThread.FREELY));
        }
        both.forEach(rig.scheduler()::submit);

        Race.of(() -> both.get(0).cancel(), () -> both.get(1).cancel());
        held.answerAll();
        rig.closeAndCheck(2);
    }

    private static ResponseSink cancelling(Runnable atError) {
        return new ResponseSink() {
            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                response.release();
            }

            @Override
            public void onError(InferenceException failure) {
                atError.run();
            }
        };
    }

    /** Race: cancel against the answer, each from its own thread. */
    @RepeatedTest(100)
    void cancelAgainstAnswer_givesExactlyOneEnd() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        RecordingSink sink = new RecordingSink();
        PendingRequest request = rig.submit("a", sink, Deadline.NONE, CallerThread.FREELY);

        Race.of(request::cancel, held::answerNext, request::expire);

        assertThat(sink.awaitEnd().outcome()).isIn("OK", "CANCELLED", "DEADLINE_EXCEEDED");
        sink.release();
        rig.closeAndCheck(1);
    }

    @Test
    void shortRuns_mayUseAllInstancesAndLongRunsOnlyTheRegularOnes() {
        SchedulerRig rig = new SchedulerRig(1, 3, 8, FakeBehaviour.echo());
        runUntilShort(rig);
        rig.behaviour = held;
        List<RecordingSink> sinks = submit(rig, 5);
        assertThat(rig.scheduler().load()).isEqualTo(new BatchScheduler.Load(2, 0, 3, false));

        rig.executor.runAll();
        rig.delayer.advance(Duration.ofNanos(RunTimeMedian.LONG_NANOS));
        held.answerNext();
        held.answerNext();
        assertThat(rig.scheduler().load())
                .as("only the regular instance")
                .isEqualTo(new BatchScheduler.Load(2, RunTimeMedian.LONG_NANOS, 1, false));
        finishAll(rig);
        sinks.forEach(RecordingSink::release);
        rig.closeAndCheck(rig.over.get());
    }

    @Test
    void modelThatTurnsShort_drainsItsQueueOnAllInstances() {
        int[] most = {0};
        SchedulerRig rig = new SchedulerRig(1, 3, 100, FakeBehaviour.echo());
        rig.behaviour = item -> {
            most[0] = Math.max(most[0], rig.scheduler().load().running());
            FakeBehaviour.echo().execute(item);
        };
        List<RecordingSink> sinks = submit(rig, 60);
        assertThat(rig.scheduler().load()).isEqualTo(new BatchScheduler.Load(59, 0, 1, false));
        rig.executor.runAll();

        assertThat(most[0]).isEqualTo(3);
        sinks.forEach(RecordingSink::release);
        rig.closeAndCheck(60);
    }

    @Test
    void queue_isServedByOneThreadWithoutAHopForEachRequest() {
        SchedulerRig rig = new SchedulerRig(1, 100, FakeBehaviour.echo());
        List<RecordingSink> sinks = submit(rig, 10);
        assertThat(rig.executor.waiting()).isEqualTo(1);
        rig.executor.runNext();

        assertThat(rig.executor.waiting()).isZero();
        assertThat(rig.begun).hasSize(10);
        sinks.forEach(RecordingSink::release);
        rig.closeAndCheck(10);
    }

    @Test
    void answerThatComesAfterItsTurn_handsTheInstanceToAnother() {
        SchedulerRig rig = new SchedulerRig(1, 100, held);
        List<RecordingSink> sinks = submit(rig, 2);
        rig.executor.runAll();
        held.answerNext();

        assertThat(rig.executor.waiting()).as("a new turn").isEqualTo(1);
        finishAll(rig);
        sinks.forEach(RecordingSink::release);
        rig.closeAndCheck(2);
    }

    private static void runUntilShort(SchedulerRig rig) {
        for (int i = 0; i < 100; i++) {
            RecordingSink sink = new RecordingSink();
            rig.submit("warm-up " + i, sink, Deadline.NONE, CallerThread.FREELY);
            sink.release();
        }
    }

    private static List<RecordingSink> submit(SchedulerRig rig, int count) {
        List<RecordingSink> sinks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sinks.add(rig.submit("r" + i));
        }
        return sinks;
    }

    @Test
    void noInstance_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SchedulerRig(0, 1, held));
    }

    private void finishAll(SchedulerRig rig) {
        do {
            rig.executor.runAll();
        } while (held.answerAll() > 0);
        assertThat(rig.scheduler().brokenBecause()).isEmpty();
    }
}
