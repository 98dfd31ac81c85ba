package io.longshore.schedule;

import static io.longshore.schedule.SequenceRig.Flag.END;
import static io.longshore.schedule.SequenceRig.Flag.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.schedule.SequenceRig.Begun;
import io.longshore.schedule.SequenceRig.Flag;
import io.longshore.schedule.SequenceRig.Sent;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences on instances that a test controls: order, slots, backlog, ends of every kind, and state. */
class SequenceSchedulerTest {
    private static final String STARTLESS =
            "inference request for sequence 7 to model 'm' must specify the START flag on the first request of the"
                    + " sequence";

    private final List<Sent> sent = new ArrayList<>();
    private final HeldItems held = new HeldItems();
    private SequenceRig rig = new SequenceRig(1, 2, 100);

    private Sent send(long id, long value, Flag... flags) {
        return keep(rig.send(id, value, flags));
    }

    private Sent keep(Sent each) {
        sent.add(each);
        return each;
    }

    private void finish() {
        rig.settle();
        rig.closeAndCheck(sent);
    }

    private void answerHeld() {
        rig.sum(held.take());
    }

    @Test
    void twoSequences_keepTheirStatesApart() {
        Sent a1 = send(7, 1, START);
        Sent b1 = send(8, 100, START);
        Sent a2 = send(7, 2);
        Sent b2 = send(8, 200, END);
        Sent a3 = send(7, 3, END);
        rig.executor.runAll();

        assertThat(List.of(a1.sum(), a2.sum(), a3.sum())).containsExactly(1L, 33L, 1026L);
        assertThat(List.of(b1.sum(), b2.sum())).containsExactly(100L, 3300L);
        assertThat(rig.scheduler().load().occupied()).as("both have ended").isZero();
        finish();
    }

    @Test
    void requestsOfASequence_runOneAfterTheOtherEvenWithInstancesToSpare() {
        rig = new SequenceRig(3, 4, 100);
        rig.behaviour = held;
        send(7, 1, START);
        send(7, 2);
        send(7, 3, END);
        rig.executor.runAll();

        assertThat(held.size()).isEqualTo(1);
        answerHeld();
        rig.executor.runAll();
        assertThat(held.size()).isEqualTo(1);
        answerHeld();
        rig.executor.runAll();
        answerHeld();
        assertThat(rig.begun).extracting(Begun::instance).containsOnly(0);
        finish();
    }

    @Test
    void newSequences_spreadOverInstancesAndOldestRequestsGoFirst() {
        rig = new SequenceRig(2, 2, 100);
        for (int id = 1; id <= 4; id++) {
            keep(rig.send("s" + id, id, 0, Deadline.NONE, false, START));
        }
        rig.executor.runAll();

        assertThat(rig.begun)
                .containsExactlyInAnyOrder(
                        new Begun("s1", 0, 1), new Begun("s2", 1, 2), new Begun("s3", 0, 3), new Begun("s4", 1, 4));
        assertThat(rig.begun)
                .filteredOn(each -> each.instance() == 0)
                .extracting(Begun::request)
                .containsExactly("s1", "s3");
        finish();
    }

    @Test
    void sequencesBeyondTheSlots_waitFirstComeFirstServed() {
        rig = new SequenceRig(1, 1, 100);
        rig.behaviour = held;
        send(1, 10, START);
        rig.executor.runAll();
        Sent second = keep(rig.send("second", 2, 20, Deadline.NONE, false, START, END));
        Sent third = keep(rig.send("third", 3, 30, Deadline.NONE, false, START, END));
        assertThat(rig.scheduler().load()).isEqualTo(new SequenceScheduler.Load(2, 1, 2));
        answerHeld();
        rig.executor.runAll();
        assertThat(held.size()).as("the first has not ended").isZero();

        rig.behaviour = rig::sum;
        Sent end = send(1, 11, END);
        rig.executor.runAll();

        assertThat(end.sum()).isEqualTo(321);
        assertThat(second.sum()).isEqualTo(20);
        assertThat(third.sum()).isEqualTo(30);
        assertThat(rig.begun).extracting(Begun::request).endsWith("second", "third");
        finish();
    }

    @Test
    void firstRequestWithoutStart_isRefused() {
        Sent refused = send(7, 1);

        assertThat(refused.sink().failure().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused.sink().failure()).hasMessage(STARTLESS);
        finish();
    }

    @Test
    void requestAfterTheEnd_isRefusedAlsoWhileTheEndWaits() {
        rig.behaviour = held;
        send(7, 1, START);
        rig.executor.runAll();
        send(7, 2, END);
        assertThat(send(7, 3).sink().failure()).hasMessage(STARTLESS);
        answerHeld();
        rig.executor.runAll();
        answerHeld();
        assertThat(send(7, 3).sink().failure()).hasMessage(STARTLESS);
        finish();
    }

    @Test
    void startOfALiveSequence_beginsItAnewBehindWhatWaits() {
        send(7, 1, START);
        Sent before = send(7, 2);
        Sent anew = send(7, 5, START);
        Sent after = send(7, 6, END);
        rig.executor.runAll();

        assertThat(before.sum()).isEqualTo(33);
        assertThat(anew.sum()).isEqualTo(5);
        assertThat(after.sum()).isEqualTo(161);
        finish();
    }

    @Test
    void sequenceThatBeginsAnew_standsInLineBehindTheBacklog() {
        rig = new SequenceRig(1, 1, 100);
        send(1, 1, START, END);
        keep(rig.send("anew", 1, 2, Deadline.NONE, false, START, END));
        keep(rig.send("other", 2, 3, Deadline.NONE, false, START, END));
        keep(rig.send("third", 1, 4, Deadline.NONE, false, START, END));
        rig.executor.runAll();

        assertThat(rig.begun).extracting(Begun::request).containsExactly("", "other", "anew", "third");
        finish();
    }

    @Test
    void controls_tellWhereARequestStands() {
        List<String> told = new ArrayList<>();
        rig.behaviour = item -> {
            told.add(Tensors.ints(SequenceRig.input(item, "START"))[0] + " "
                    + Tensors.ints(SequenceRig.input(item, "END"))[0] + " " + SequenceRig.longOf(item, "ID"));
            rig.sum(item);
        };
        send(-1, 1, START);
        send(-1, 1);
        send(-1, 1, END);
        send(9, 1, START, END);
        rig.executor.runAll();

        assertThat(told).containsExactlyInAnyOrder("1 0 -1", "0 0 -1", "0 1 -1", "1 1 9");
        finish();
    }

    @Test
    void requestWithoutId_isRefused() {
        for (Parameters none : List.of(
                Parameters.NONE,
                Parameters.of(Map.of("sequence_id", 0L, "sequence_start", true)),
                Parameters.of(Map.of("sequence_id", "", "sequence_start", true)))) {
            assertThat(keep(rig.send("", 1, Deadline.NONE, true, none)).sink().failure())
                    .hasMessage("inference request to model 'm' must specify a non-zero or non-empty correlation ID");
        }
        finish();
    }

    @Test
    void textForAnIdThatTheModelWantsAsANumber_isRefused() {
        Parameters text = Parameters.of(Map.of("sequence_id", "seven", "sequence_start", true));

        assertThat(keep(rig.send("r1", 1, Deadline.NONE, true, text)).sink().failure())
                .hasMessage(
                        "[request id: r1] sequence batching control 'ID' data-type is 'BYTES', but model 'm' expects"
                                + " 'INT64'");
        finish();
    }

    @Test
    void idleSequence_endsAndItsSlotServesTheBacklog() {
        rig = new SequenceRig(1, 1, 100);
        send(7, 1, START);
        rig.executor.runAll();
        Sent waits = send(8, 5, START, END);
        rig.delayer.advance(SequenceRig.IDLE.minusNanos(1));
        rig.executor.runAll();
        assertThat(waits.outcome()).isEqualTo("OPEN");
        rig.delayer.advance(Duration.ofNanos(1));
        rig.executor.runAll();

        assertThat(waits.sum()).isEqualTo(5);
        assertThat(send(7, 2).sink().failure()).hasMessage(STARTLESS);
        finish();
    }

    @Test
    void idleTime_startsAnewWithEveryRequestAndNotWhileOneRuns() {
        rig.behaviour = held;
        send(7, 1, START);
        rig.executor.runAll();
        rig.delayer.advance(SequenceRig.IDLE.multipliedBy(3));
        answerHeld();
        rig.behaviour = rig::sum;
        for (int i = 0; i < 4; i++) {
            rig.delayer.advance(SequenceRig.IDLE.dividedBy(2));
            assertThat(send(7, 0).outcome()).isEqualTo("OPEN");
            rig.executor.runAll();
        }

        assertThat(sent.get(4).sum()).isEqualTo(31L * 31 * 31 * 31);
        assertThat(rig.scheduler().hasSequence(new CorrelationId(7, ""))).isTrue();
        finish();
        assertThat(rig.scheduler().hasSequence(new CorrelationId(7, ""))).isFalse();
    }

    @Test
    void cancelledRequest_endsItsSequenceAndWhatWaitsOfIt() {
        rig.behaviour = held;
        Sent running = send(7, 1, START);
        rig.executor.runAll();
        Sent cancelled = send(7, 2);
        Sent follower = send(7, 3);
        cancelled.request().cancel();

        assertThat(cancelled.outcome()).isEqualTo("CANCELLED");
        assertThat(follower.sink().failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(follower.sink().failure())
                .hasMessage("an earlier request of the sequence was cancelled, which ends the sequence");
        assertThat(send(7, 4).sink().failure()).hasMessage(STARTLESS);
        answerHeld();
        assertThat(running.sum()).as("what ran before is answered").isEqualTo(1);
        assertThat(rig.scheduler().load().occupied()).isZero();
        finish();
    }

    @Test
    void requestCancelledWhileItRuns_endsItsSequenceOnceItIsOver() {
        rig.behaviour = held;
        Sent running = send(7, 1, START);
        rig.executor.runAll();
        Sent follower = send(7, 2, END);
        Sent anew = send(7, 3, START, END);
        running.request().cancel();
        assertThat(follower.outcome()).isEqualTo("OPEN");
        rig.behaviour = rig::sum;
        answerHeld();
        rig.executor.runAll();

        assertThat(follower.outcome()).isEqualTo("CANCELLED");
        assertThat(anew.sum()).as("begins without the old state").isEqualTo(3);
        finish();
    }

    @Test
    void deadlineInTheBacklog_endsTheSequenceThatWaits() {
        rig = new SequenceRig(1, 1, 100);
        send(1, 1, START);
        rig.executor.runAll();
        Deadline soon = Deadline.after(Duration.ofMillis(5), rig.ticker);
        Sent late = keep(rig.send("", 7, 2, soon, false, START));
        Sent follower = send(7, 3);
        rig.delayer.advance(Duration.ofMillis(5));

        assertThat(late.sink().failure()).hasMessage("timeout of the corresponding sequence has been expired");
        assertThat(follower.sink().failure()).hasMessage("timeout of the corresponding sequence has been expired");
        assertThat(follower.outcome()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(rig.scheduler().load()).isEqualTo(new SequenceScheduler.Load(0, 1, 0));
        assertThat(send(7, 4).sink().failure()).hasMessage(STARTLESS);
        finish();
    }

    @Test
    void failedRequest_endsItsSequenceAndNoOther() {
        rig.behaviour = item -> {
            if (SequenceRig.longOf(item, "VALUE") == 13) {
                FakeBehaviour.failing().execute(item);
            } else {
                rig.sum(item);
            }
        };
        send(7, 1, START);
        Sent failed = send(7, 13);
        Sent follower = send(7, 2);
        Sent other = send(8, 3, START);
        Sent anew = send(7, 4, START);
        rig.executor.runAll();

        assertThat(failed.sink().failure()).hasMessage("the fake model failed");
        assertThat(follower.sink().failure())
                .hasMessage("an earlier request of sequence 7 to model 'm' failed, which ends the sequence");
        assertThat(follower.outcome()).isEqualTo("MODEL_FAILED");
        assertThat(other.sum()).isEqualTo(3);
        assertThat(anew.sum()).isEqualTo(4);
        finish();
    }

    @Test
    void brokenInstance_endsTheSequencesThatItServed() {
        rig = new SequenceRig(2, 2, 100);
        send(1, 1, START);
        send(2, 1, START);
        send(3, 1, START);
        rig.executor.runAll();
        rig.behaviour = FakeBehaviour.throwing();
        Sent broke = send(1, 2);
        Sent sameInstance = send(3, 2);
        rig.executor.runNext();
        rig.behaviour = rig::sum;
        Sent otherInstance = send(2, 2, END);
        rig.executor.runAll();

        assertThat(broke.outcome()).isEqualTo("INTERNAL");
        assertThat(sameInstance.sink().failure())
                .hasMessage("the instance of model 'm' that served the sequence broke, which ends the sequence");
        assertThat(otherInstance.sum()).isEqualTo(33);
        assertThat(send(3, 9, START, END).outcome()).isEqualTo("OPEN");
        finish();
    }

    @Test
    void brokenInstanceThatCannotBeReplaced_leavesItsSlotsToTheOthers() {
        rig = new SequenceRig(2, 1, 100);
        rig.refusesInstances = true;
        send(1, 1, START);
        send(2, 1, START);
        rig.executor.runAll();
        Sent waits = send(3, 5, START, END);
        rig.behaviour = FakeBehaviour.throwing();
        Sent broke = send(1, 2);
        rig.executor.runNext();
        rig.behaviour = rig::sum;
        assertThat(waits.outcome()).isEqualTo("OPEN");
        send(2, 2, END);
        rig.executor.runAll();

        assertThat(broke.outcome()).isEqualTo("INTERNAL");
        assertThat(waits.sum()).isEqualTo(5);
        assertThat(rig.scheduler().brokenBecause()).isEmpty();
        finish();
    }

    @Test
    void lastInstanceLost_failsWhatWaitsAndWhatComes() {
        rig = new SequenceRig(1, 1, 100);
        rig.refusesInstances = true;
        rig.behaviour = FakeBehaviour.throwing();
        Sent broke = send(1, 1, START);
        Sent waits = send(2, 1, START);
        rig.executor.runAll();

        assertThat(broke.outcome()).isEqualTo("INTERNAL");
        assertThat(waits.outcome()).isEqualTo("MODEL_FAILED");
        assertThat(send(3, 1, START).sink().failure())
                .hasMessage("no instance of model 'm' is left: no more instances");
        assertThat(rig.scheduler().brokenBecause()).isNotEmpty();
        finish();
    }

    @Test
    void fullQueue_refusesAndLeavesTheSequenceAlive() {
        rig = new SequenceRig(1, 2, 2);
        rig.behaviour = held;
        send(7, 1, START);
        rig.executor.runAll();
        send(7, 2);
        send(8, 3, START);
        Sent full = send(7, 4);
        Sent fullStart = send(9, 4, START);

        assertThat(full.outcome()).isEqualTo("UNAVAILABLE");
        assertThat(full.sink().failure()).hasMessage("Exceeds maximum queue size");
        assertThat(fullStart.outcome()).isEqualTo("UNAVAILABLE");
        rig.behaviour = rig::sum;
        answerHeld();
        rig.executor.runAll();
        assertThat(send(7, 5, END).outcome()).isEqualTo("OPEN");
        rig.executor.runAll();
        assertThat(sent.get(sent.size() - 1).sum()).isEqualTo((1 * 31 + 2) * 31 + 5);
        finish();
    }

    @Test
    void shortModel_runsOnItsCallersThread() {
        Sent first = keep(rig.send("", 7, 1, Deadline.NONE, true, START));
        Sent second = keep(rig.send("", 7, 2, Deadline.NONE, true, END));

        assertThat(rig.executor.waiting()).isZero();
        assertThat(first.sum()).isEqualTo(1);
        assertThat(second.sum()).isEqualTo(33);
        finish();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stateOfTheWrongKind_failsTheRequestAndEndsTheSequence(boolean missing) {
        rig.behaviour = item -> item.respond(
                missing ? List.of() : List.of(Tensors.ofLongs(rig.allocator, "SUM_OUT", Shape.of(2), 1, 2)),
                Parameters.NONE,
                true);
        Sent failed = send(7, 1, START);
        rig.executor.runAll();

        assertThat(failed.outcome()).isEqualTo("MODEL_FAILED");
        assertThat(failed.sink().failure())
                .hasMessage(
                        missing
                                ? "the model gave no state 'SUM_OUT'"
                                : "the model gave state 'SUM_OUT' as INT64[2], its configuration says INT64[1]");
        assertThat(send(7, 2).sink().failure()).hasMessage(STARTLESS);
        finish();
    }

    @Test
    void closedExecutor_endsWhatCannotRun() {
        rig.executor.close();
        Sent refused = send(7, 1, START);

        assertThat(refused.sink().failure()).hasMessage("the server is stopping");
        assertThat(send(7, 1).sink().failure()).hasMessage(STARTLESS);
        finish();
    }

    @Test
    void executorClosedWhileThousandsWait_endsThemAll() {
        rig = new SequenceRig(1, 2, 10_000);
        rig.behaviour = held;
        send(1, 1, START);
        rig.executor.runAll();
        for (int id = 2; id < 9_000; id++) {
            send(id, 1, START);
        }
        rig.executor.close();
        answerHeld();

        assertThat(sent.stream().skip(1)).allMatch(each -> each.outcome().equals("UNAVAILABLE"));
        finish();
    }

    @Test
    void closedDelayer_leavesNoSequenceBehind() {
        send(7, 1, START);
        rig.delayer.close();
        rig.executor.runAll();

        assertThat(rig.scheduler().load().occupied()).isZero();
        finish();
    }

    @Test
    void endedScheduler_servesWhatWaitsAndKeepsNoSequence() {
        rig.behaviour = held;
        send(7, 1, START);
        rig.executor.runAll();
        Sent last = send(7, 2);
        rig.scheduler().endSequences();
        rig.behaviour = rig::sum;
        answerHeld();
        rig.executor.runAll();

        assertThat(last.sum()).isEqualTo(33);
        assertThat(rig.scheduler().load().occupied()).isZero();
        rig.closeAndCheck(sent);
    }

    @Test
    void closeWithALiveSequence_isRefused() {
        send(7, 1, START);
        rig.executor.runAll();

        assertThatThrownBy(rig.scheduler()::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("1 sequences of model 'm' are not over while it is closed");
        finish();
    }

    @Test
    void statistics_countTheBacklogAsQueueAndEachRequestAsOneRow() {
        rig = new SequenceRig(1, 1, 100);
        rig.behaviour = held;
        send(1, 1, START, END);
        rig.executor.runAll();
        send(2, 1, START, END);
        rig.delayer.advance(Duration.ofMillis(10));
        answerHeld();
        rig.executor.runAll();
        rig.delayer.advance(Duration.ofMillis(3));
        answerHeld();
        ModelStatistics statistics = rig.scheduler().statistics(new ModelId("m", 1));

        assertThat(statistics.inferenceCount()).isEqualTo(2);
        assertThat(statistics.queue().nanos()).isEqualTo(Duration.ofMillis(10).toNanos());
        assertThat(statistics.compute().infer().nanos())
                .isEqualTo(Duration.ofMillis(13).toNanos());
        assertThat(statistics.batches()).extracting(ModelStatistics.Batch::size).containsExactly(1L);
        finish();
    }

    @Test
    void answerAfterTheInstanceBroke_leaksNothing() {
        rig.behaviour = item -> {
            held.execute(item);
            throw new IllegalStateException("broke while the answer was on its way");
        };
        Sent broke = send(7, 1, START);
        rig.executor.runAll();
        ExecutionItem late = held.take();

        assertThat(broke.outcome()).isEqualTo("INTERNAL");
        assertThatThrownBy(() -> late.fail(new InferenceException(ErrorCode.MODEL_FAILED, "late")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> late.respond(
                        List.of(Tensors.ofLongs(rig.allocator, "SUM_OUT", Shape.of(1), 1)), Parameters.NONE, true))
                .isInstanceOf(IllegalStateException.class);
        finish();
    }
}
