package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.QueuePolicy;
import io.longshore.schedule.BatchSimulation.Result;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In virtual time, so each run is the same: adaptive batching beside none and beside fixed delays. */
class AdaptiveBatchingTest {
    private static final int MAX_ROWS = 64;
    private static final long GOAL = 100_000_000;
    private static final int RUNS = 2000;

    private static LongUnaryOperator cost(double fixedMillis, double rowMillis) {
        return rows -> (long) ((fixedMillis + rowMillis * rows) * 1e6);
    }

    /** As long as so many executions of one row take. */
    private static double seconds(double fixedMillis, double rowMillis) {
        return RUNS * (fixedMillis + rowMillis) / 1e3;
    }

    @ParameterizedTest
    @CsvSource({
        "5, 0.1, 1",
        "5, 0.1, 2",
        "5, 0.1, 4",
        "5, 0.1, 16",
        "5, 0.1, 64",
        "5, 0.1, 256",
        "0.01, 1, 1",
        "0.01, 1, 2",
        "0.01, 1, 16",
        "0.01, 1, 64",
        "1, 1, 1",
        "1, 1, 2",
        "1, 1, 8",
        "1, 1, 64",
        "0.2, 0.05, 1",
        "0.2, 0.05, 4",
        "0.2, 0.05, 64",
        "0.02, 0.001, 1",
        "0.02, 0.001, 16",
        "0.02, 0.001, 64",
    })
    void closedLoop_isNeverMuchWorseThanTheBetterOfNoBatchesAndFixedDelays(double fixed, double row, int clients) {
        LongUnaryOperator cost = cost(fixed, row);
        double adaptive = BatchSimulation.adaptive(MAX_ROWS, GOAL, cost)
                .closedLoop(clients, seconds(fixed, row))
                .perSecond();
        double off = BatchSimulation.fixed(1, 0, cost)
                .closedLoop(clients, seconds(fixed, row))
                .perSecond();
        double eager = BatchSimulation.fixed(MAX_ROWS, 0, cost)
                .closedLoop(clients, seconds(fixed, row))
                .perSecond();
        double patient = BatchSimulation.fixed(MAX_ROWS, 500_000, cost)
                .closedLoop(clients, seconds(fixed, row))
                .perSecond();

        assertThat(adaptive)
                .as("off %.0f, without delay %.0f, half a millisecond %.0f", off, eager, patient)
                .isGreaterThan(0.95 * Math.max(off, Math.max(eager, patient)));
    }

    @ParameterizedTest
    @CsvSource({
        "5, 0.1, 20",
        "5, 0.1, 150",
        "5, 0.1, 1000",
        "5, 0.1, 3000",
        "0.01, 1, 200",
        "0.01, 1, 800",
        "1, 1, 100",
        "1, 1, 700",
        "0.2, 0.05, 500",
        "0.2, 0.05, 8000",
    })
    void openLoop_waitsNotMuchLongerThanTheBetterOfNoBatchesAndFixedDelays(double fixed, double row, double rate) {
        LongUnaryOperator cost = cost(fixed, row);
        double adaptive = BatchSimulation.adaptive(MAX_ROWS, GOAL, cost)
                .openLoop(rate, seconds(fixed, row))
                .meanMillis();
        double off = BatchSimulation.fixed(1, 0, cost)
                .openLoop(rate, seconds(fixed, row))
                .meanMillis();
        double patient = BatchSimulation.fixed(MAX_ROWS, 500_000, cost)
                .openLoop(rate, seconds(fixed, row))
                .meanMillis();

        assertThat(adaptive)
                .as("off %.2f ms, half a millisecond %.2f ms", off, patient)
                .isLessThan(1.05 * Math.min(off, patient));
    }

    @ParameterizedTest
    @CsvSource({"5, 0.1", "0.01, 1", "1, 1"})
    void oneClient_paysNextToNothingForTrialsThatNobodyCanJoin(double fixed, double row) {
        LongUnaryOperator cost = cost(fixed, row);

        assertThat(BatchSimulation.adaptive(MAX_ROWS, GOAL, cost)
                        .closedLoop(1, seconds(fixed, row))
                        .perSecond())
                .isGreaterThan(0.99
                        * BatchSimulation.fixed(1, 0, cost)
                                .closedLoop(1, seconds(fixed, row))
                                .perSecond());
    }

    @Test
    void costlyExecutionOfCheapRows_reachesNineTenthsOfTheIdeal() {
        double ideal = 64 / ((5 + 0.1 * 64) / 1e3);

        assertThat(BatchSimulation.adaptive(MAX_ROWS, GOAL, cost(5, 0.1))
                        .closedLoop(64, seconds(5, 0.1))
                        .perSecond())
                .isGreaterThan(0.9 * ideal);
    }

    @ParameterizedTest
    @CsvSource({"5, 0.1, 1500, 20", "1, 0.5, 1000, 20", "2, 1, 500, 30"})
    void latencyGoal_isKeptUnderALoadThatPermitsIt(double fixed, double row, double rate, double goalMillis) {
        Result result = BatchSimulation.adaptive(MAX_ROWS, (long) (goalMillis * 1e6), cost(fixed, row))
                .openLoop(rate, seconds(fixed, row));

        assertThat(result.p99Millis()).isLessThan(goalMillis);
        assertThat(result.perSecond()).isBetween(0.95 * rate, 1.05 * rate);
    }

    @Test
    void modelThatChanges_isLearnedAnew() {
        AdaptiveBatching adaptive = new AdaptiveBatching(
                new BatchLimits(8, List.of(), BatchDelay.NONE, level -> QueuePolicy.DEFAULT), GOAL);
        for (int i = 0; i < 200; i++) {
            adaptive.ran(1 + i % 8, cost(5, 0.1).applyAsLong(1 + i % 8), 0, false, i);
        }
        assertThat(adaptive.limits().maxRows()).isEqualTo(8);
        assertThat(adaptive.learned().fixedNanos()).isBetween(4.9e6, 5.1e6);
        for (int i = 1; i < 400; i++) {
            adaptive.ran(1 + i % 8, cost(0, 1).applyAsLong(1 + i % 8), 0, false, i);
        }

        assertThat(adaptive.learned().fixedNanos()).isLessThan(0.05e6);
        assertThat(adaptive.limits().maxRows()).isEqualTo(1);
    }
}
