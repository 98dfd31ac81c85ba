package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.ManualDelayer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StuckWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final FakeTicker ticker = new FakeTicker();
    private final ManualDelayer delayer = new ManualDelayer(ticker);
    private final AtomicInteger changes = new AtomicInteger();
    private final StuckWatch watch = StuckWatch.of("m", LIMIT, delayer, ticker);
    private final StuckWatch.Place one = watch.newPlace();
    private final StuckWatch.Place other = watch.newPlace();

    private void begin(StuckWatch.Place place) {
        place.begin(ticker.nanos());
    }

    private void pass(int seconds) {
        delayer.advance(Duration.ofSeconds(seconds));
    }

    private void listen() {
        watch.onChange(changes::incrementAndGet);
    }

    @Test
    void executionWithinTheLimit_isNotStuckAndLeavesNoTimer() {
        listen();
        begin(one);
        pass(9);
        one.end();
        pass(100);

        assertThat(watch.stuck()).isZero();
        assertThat(watch.reason()).isEmpty();
        assertThat(changes).hasValue(0);
        assertThat(delayer.pending()).isZero();
    }

    @Test
    void executionBeyondTheLimit_isStuckUntilItsEnd() {
        listen();
        begin(one);
        pass(10);
        assertThat(watch.stuck()).isOne();
        assertThat(changes).hasValue(1);

        pass(65);
        assertThat(watch.reason())
                .isEqualTo("model 'm' is stuck: 1 of 2 instances at work on one execution for 75 s without an answer,"
                        + " which is longer than 10 s");
        one.end();
        assertThat(watch.stuck()).isZero();
        assertThat(watch.reason()).isEmpty();
        assertThat(changes).hasValue(2);
    }

    @Test
    void executionThatGivesAnswers_isNotStuckForAsLongAsTheyCome() {
        begin(one);
        for (int i = 0; i < 20; i++) {
            pass(9);
            one.progress();
        }
        assertThat(watch.stuck()).isZero();

        pass(10);
        assertThat(watch.stuck()).isOne();
        one.progress();
        assertThat(watch.stuck()).isZero();
    }

    @Test
    void manyExecutions_shareOneTimerThatRunsOnceALimit() {
        for (int i = 0; i < 1_000; i++) {
            begin(one);
            one.end();
        }
        assertThat(delayer.pending()).isOne();
        begin(one);
        begin(other);
        assertThat(delayer.pending()).isOne();
    }

    @Test
    void laterExecution_isFoundAtItsOwnTime() {
        begin(one);
        pass(4);
        begin(other);
        pass(6);
        assertThat(watch.stuck()).isOne();
        pass(3);
        assertThat(watch.stuck()).isOne();
        pass(1);
        assertThat(watch.stuck()).isEqualTo(2);
    }

    @Test
    void instanceThatWasStuck_isWatchedAgain() {
        begin(one);
        pass(10);
        one.end();
        begin(one);
        assertThat(watch.stuck()).isZero();
        pass(10);
        assertThat(watch.stuck()).isOne();
    }

    @Test
    void lostInstance_countsNoMore() {
        begin(one);
        pass(10);
        watch.remove(one);

        assertThat(watch.stuck()).isZero();
        begin(other);
        pass(11);
        assertThat(watch.reason()).startsWith("model 'm' is stuck: 1 of 1 instances");
    }

    @Test
    void closedWatch_setsNoTimer() {
        begin(one);
        watch.close();
        assertThat(delayer.pending()).isZero();
        begin(other);
        assertThat(delayer.pending()).isZero();
    }

    @Test
    void delayerThatTakesNothing_costsTheExecutionNothing() {
        delayer.close();
        begin(one);
        one.end();

        assertThat(watch.stuck()).isZero();
    }

    @Test
    void blindWatch_seesNothing() {
        StuckWatch.Place unseen = StuckWatch.blind().newPlace();
        unseen.begin(ticker.nanos());
        pass(1_000);
        unseen.end();
        assertThat(delayer.pending()).isZero();
    }

    /** Ends that meet the timer: whichever comes first, nothing stays marked and no mark is lost. */
    @Test
    void endsThatMeetTheTimer_leaveNothingMarked() {
        for (int round = 0; round < 300; round++) {
            begin(one);
            begin(other);
            Race.of(() -> pass(10), one::end, other::end);
            pass(20);
            assertThat(watch.stuck()).as("stuck in round %d", round).isZero();
        }
        assertThat(delayer.pending()).isZero();
    }
}
