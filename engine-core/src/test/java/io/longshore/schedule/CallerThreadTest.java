package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.RecordingSink;
import io.longshore.spi.FakeBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which requests run on the thread that brings them. */
class CallerThreadTest {
    private static final int ENOUGH_TO_BE_KNOWN = 1_000;

    private final List<RecordingSink> sinks = new ArrayList<>();
    private long runNanos = 20_000;
    private final SchedulerRig rig = new SchedulerRig(1, 100, item -> {
        advance();
        FakeBehaviour.echo().execute(item);
    });

    private void advance() {
        rig.ticker.advance(Duration.ofNanos(runNanos));
    }

    /** Whether a request ran within the call. */
    private boolean runsOnCaller(CallerThread caller) {
        RecordingSink sink = new RecordingSink();
        rig.submit("r", sink, Deadline.NONE, caller);
        boolean ran = rig.executor.waiting() == 0;
        rig.executor.runAll();
        assertThat(sink.responses()).hasSize(1);
        sink.release();
        sinks.add(sink);
        return ran;
    }

    private void run(int times) {
        for (int i = 0; i < times; i++) {
            runsOnCaller(CallerThread.NEVER);
        }
    }

    private void closeAndCheck() {
        rig.closeAndCheck(sinks.size());
    }

    @Test
    void modelThatIsNotKnown_runsOnThreadsThatMayWaitOnly() {
        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isFalse();
        assertThat(runsOnCaller(CallerThread.FREELY)).isTrue();
        assertThat(runsOnCaller(CallerThread.NEVER)).isFalse();
        closeAndCheck();
    }

    @Test
    void modelThatIsBrief_runsOnThreadsThatOthersWaitForToo() {
        run(ENOUGH_TO_BE_KNOWN);

        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isTrue();
        assertThat(runsOnCaller(CallerThread.NEVER)).isFalse();
        closeAndCheck();
    }

    @Test
    void modelThatTurnsSlow_losesThePrivilegeWithTheFirstRun() {
        run(ENOUGH_TO_BE_KNOWN);
        runNanos = RunTimeTail.LONG_NANOS;
        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isTrue();

        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isFalse();
        runNanos = 20_000;
        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isFalse();
        run(2 * ENOUGH_TO_BE_KNOWN);
        assertThat(runsOnCaller(CallerThread.BRIEFLY))
                .as("once it is brief again")
                .isTrue();
        closeAndCheck();
    }

    @Test
    void modelOfHalfAMillisecond_runsOnThreadsThatMayWaitOnly() {
        runNanos = 500_000;
        run(ENOUGH_TO_BE_KNOWN);

        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isFalse();
        assertThat(runsOnCaller(CallerThread.FREELY)).isTrue();
        closeAndCheck();
    }

    @Test
    void modelThatMayWait_neverRunsWhereOthersWaitForIt() {
        rig.mayWait = true;
        run(ENOUGH_TO_BE_KNOWN);

        assertThat(runsOnCaller(CallerThread.BRIEFLY)).isFalse();
        assertThat(runsOnCaller(CallerThread.FREELY)).isTrue();
        closeAndCheck();
    }
}
