package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.FailureReason;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LatencyCounts;
import io.longshore.inference.RecordingSink;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelId;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Every request counts once: as a success, or as a failure for one reason. */
class RequestCountsTest {
    private final HeldItems held = new HeldItems();

    @Test
    void fullQueue_isRejected() {
        SchedulerRig rig = new SchedulerRig(1, 1, held);
        rig.submit("runs");
        rig.submit("waits");
        assertThat(rig.scheduler().waiting()).isEqualTo(1);
        rig.submit("one too many");

        assertFailures(rig, FailureReason.REJECTED, 1);
        finish(rig, 3, 2);
    }

    @Test
    void deadlineInTheQueue_isRejectedAndWhileItRunsCanceled() {
        SchedulerRig rig = new SchedulerRig(1, 1, held);
        rig.submit("runs", new RecordingSink(), Deadline.after(Duration.ofMillis(9), rig.ticker), CallerThread.FREELY);
        rig.submit("waits", new RecordingSink(), Deadline.after(Duration.ofMillis(5), rig.ticker), CallerThread.FREELY);
        rig.delayer.advance(Duration.ofMillis(5));
        assertFailures(rig, FailureReason.REJECTED, 1);
        rig.delayer.advance(Duration.ofMillis(4));

        assertThat(rig.statistics.failures().counts())
                .containsEntry(FailureReason.REJECTED, 1L)
                .containsEntry(FailureReason.CANCELED, 1L);
        finish(rig, 2, 0);
    }

    @Test
    void withdrawnAndThenFailed_countsOnce() {
        SchedulerRig rig = new SchedulerRig(1, 1, held);
        PendingRequest running = rig.submit("runs", new RecordingSink());
        PendingRequest waiting = rig.submit("waits", new RecordingSink());
        waiting.cancel();
        rig.executor.runAll();
        running.cancel();
        running.cancel();
        held.take().fail(new InferenceException(ErrorCode.CANCELLED, "noticed"));

        assertFailures(rig, FailureReason.CANCELED, 2);
        finish(rig, 2, 0);
    }

    @Test
    void failingAndCrashingModel_isTheBackends() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.failing());
        rig.submit("fails", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);
        rig.behaviour = FakeBehaviour.throwing();
        rig.submit("crashes", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);

        assertFailures(rig, FailureReason.BACKEND, 2);
        finish(rig, 2, 0);
    }

    @Test
    void modelThatFindsTheRequestInvalid_isTheBackendsAndOneWithoutMemoryRejected() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        rig.submit("invalid", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);
        held.take().fail(new InferenceException(ErrorCode.INVALID_ARGUMENT, "says the model"));
        rig.submit("no memory", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);
        held.take().fail(new InferenceException(ErrorCode.UNAVAILABLE, "the budget is used up"));

        assertThat(rig.statistics.failures().counts())
                .containsEntry(FailureReason.BACKEND, 1L)
                .containsEntry(FailureReason.REJECTED, 1L);
        finish(rig, 2, 0);
    }

    @Test
    void firstResponseOfADecoupledModel_isCountedOnceARequest() {
        SchedulerRig rig = new SchedulerRig(1, 1, 8, FakeBehaviour.decoupled(3), config -> config.decoupled(true));
        RecordingSink sink = new RecordingSink();
        rig.submit("three responses", sink, Deadline.NONE, CallerThread.FREELY);
        rig.behaviour = FakeBehaviour.decoupled(0);
        rig.submit("none", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);

        LatencyCounts first = latency(rig, LatencyFamily.FIRST_RESPONSE);
        assertThat(first.count()).isEqualTo(1);
        assertThat(latency(rig, LatencyFamily.REQUEST).count()).isEqualTo(2);
        sink.release();
        finish(rig, 2, 2);
    }

    @Test
    void otherModels_haveNoFirstResponse() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.echo());

        assertThat(rig.statistics.latencies())
                .extracting(LatencyCounts::family)
                .containsExactly(LatencyFamily.REQUEST, LatencyFamily.QUEUE, LatencyFamily.COMPUTE);
        rig.closeAndCheck(0);
    }

    /** Race: answers against withdrawals and deadlines. Successes and failures add up to the requests. */
    @RepeatedTest(20)
    void answersAgainstWithdrawals_countEachRequestOnce() {
        SchedulerRig rig = new SchedulerRig(2, 4, FakeBehaviour.echo());
        List<PendingRequest> requests = new ArrayList<>();
        List<RecordingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            RecordingSink sink = new RecordingSink();
            sinks.add(sink);
            requests.add(
                    rig.pending("r" + i, sink, Deadline.NONE, i % 2 == 0 ? CallerThread.FREELY : CallerThread.NEVER));
        }
        Race.of(
                () -> requests.forEach(rig.scheduler()::submit),
                () -> requests.forEach(PendingRequest::cancel),
                rig.executor::runAll);
        while (rig.over.get() < 100) {
            rig.executor.runAll();
        }

        long failures = rig.statistics.failures().counts().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(successes(rig) + failures).isEqualTo(100);
        sinks.forEach(RecordingSink::release);
        rig.closeAndCheck(100);
    }

    private void finish(SchedulerRig rig, int requests, long successes) {
        rig.executor.runAll();
        while (held.answerAll() > 0) {
            rig.executor.runAll();
        }
        assertThat(successes(rig)).isEqualTo(successes);
        rig.statistics.latencies().stream()
                .filter(each -> each.family() != LatencyFamily.FIRST_RESPONSE)
                .forEach(each -> assertThat(each.count()).isEqualTo(successes));
        assertThat(rig.over).hasValue(requests);
    }

    private static long successes(SchedulerRig rig) {
        return rig.scheduler().statistics(new ModelId("m", 1)).success().count();
    }

    private static LatencyCounts latency(SchedulerRig rig, LatencyFamily family) {
        return rig.statistics.latencies().stream()
                .filter(each -> each.family() == family)
                .findFirst()
                .orElseThrow();
    }

    private static void assertFailures(SchedulerRig rig, FailureReason reason, long count) {
        Map<FailureReason, Long> counts = rig.statistics.failures().counts();
        assertThat(counts).containsEntry(reason, count);
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(count);
    }
}
