package io.longshore.ejb.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.ejb.process.DrainSequence.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class DrainSequenceTest {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime();
    private final FakeServer server = new FakeServer();
    private final DrainSequence sequence = new DrainSequence(server, time, time, TIMEOUT);

    @Test
    void grace_notReadyAtOnceAndRefusingOnlyAfterIt() {
        CompletableFuture<Outcome> outcome = begin(GRACE);
        assertThat(server.steps).containsExactly("not ready");

        time.pass(GRACE.minusNanos(1));
        assertThat(server.steps).containsExactly("not ready");

        time.pass(Duration.ofNanos(1));
        assertThat(server.steps).containsExactly("not ready", "refusing");
        assertThat(outcome).isNotDone();
    }

    @Test
    void noGrace_refusesAtOnce() {
        sequence.begin(Duration.ZERO);

        assertThat(server.steps).containsExactly("not ready", "refusing");
    }

    @Test
    void lastRequestEnds_drained() {
        CompletableFuture<Outcome> outcome = begin(GRACE);
        time.pass(GRACE.plus(TIMEOUT).minusNanos(1));
        assertThat(outcome).isNotDone();

        server.empty.complete(null);

        assertThat(outcome).isCompletedWithValue(Outcome.DRAINED);
    }

    @Test
    void drained_leavesNoTimerBehind() {
        sequence.begin(Duration.ZERO);

        server.empty.complete(null);

        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void requestsOutliveTheTimeout_timedOut() {
        CompletableFuture<Outcome> outcome = begin(GRACE);

        time.pass(GRACE.plus(TIMEOUT));

        assertThat(outcome).isCompletedWithValue(Outcome.TIMED_OUT);
    }

    @Test
    void noTimeout_onlyWhatIsOverAtOnceCounts() {
        DrainSequence impatient = new DrainSequence(server, time, time, Duration.ZERO);
        server.empty.complete(null);

        assertThat(impatient.begin(Duration.ZERO).toCompletableFuture()).isCompletedWithValue(Outcome.DRAINED);
    }

    @Test
    void secondBeginWithMoreGrace_changesNothingAndTellsTheSameOutcome() {
        sequence.begin(GRACE);
        time.pass(Duration.ofSeconds(1));

        CompletableFuture<Outcome> second = begin(GRACE.multipliedBy(2));

        time.pass(GRACE.minusSeconds(1));
        assertThat(server.steps).containsExactly("not ready", "refusing");
        time.pass(GRACE.multipliedBy(2));
        assertThat(server.steps).containsExactly("not ready", "refusing");
        server.empty.complete(null);
        assertThat(second).isCompletedWithValue(Outcome.DRAINED);
    }

    @Test
    void secondBeginWithoutGrace_refusesAtOnce() {
        CompletableFuture<Outcome> first = begin(GRACE);

        sequence.begin(Duration.ZERO);

        assertThat(server.steps).containsExactly("not ready", "refusing");
        server.empty.complete(null);
        assertThat(first).isCompletedWithValue(Outcome.DRAINED);
    }

    @Test
    void drainFails_failureIsTheOutcome() {
        CompletableFuture<Outcome> outcome = begin(Duration.ZERO);

        server.empty.completeExceptionally(new IllegalStateException("lost count"));

        assertThat(outcome).isCompletedExceptionally();
    }

    private CompletableFuture<Outcome> begin(Duration grace) {
        return sequence.begin(grace).toCompletableFuture();
    }

    private static final class FakeServer implements Drainable {
        private final List<String> steps = new ArrayList<>();
        private final CompletableFuture<Void> empty = new CompletableFuture<>();

        @Override
        public void announceEnd() {
            steps.add("not ready");
        }

        @Override
        public CompletionStage<Void> drain() {
            steps.add("refusing");
            return empty;
        }
    }
}
