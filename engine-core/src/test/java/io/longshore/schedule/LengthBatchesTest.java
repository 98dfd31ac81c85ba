package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.QueuePolicy;
import io.longshore.schedule.LengthSimulation.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In virtual time, so each run is the same: requests of 8 to 128 tokens, batched by length beside one by one. */
class LengthBatchesTest {
    private static final int WARM = 1_000;
    private static final int MEASURED = 3_000;
    private static final int[] CLIENTS = {1, 2, 4, 16, 64, 256};

    /**
     * Milliseconds of processor time that all-MiniLM-L6-v2 took under ONNX Runtime on one core of a shared x86-64 machine: 1 to 16
     * rows of 8 to 128 tokens. Short rows gain by company, long ones lose by it.
     */
    private static final double[][] MEASURED_MILLIS = {
        {6.54, 7.24, 10.71, 17.67, 28.81, 31.57},
        {8.49, 10.74, 18.12, 31.43, 46.20, 66.55},
        {11.07, 16.91, 31.31, 62.60, 106.08, 129.53},
        {16.99, 35.79, 59.70, 125.31, 192.54, 270.98},
        {31.23, 58.76, 119.77, 286.74, 404.51, 574.28},
    };

    private static final double[] MEASURED_ROWS = {1, 2, 4, 8, 16};
    private static final double[] MEASURED_LENGTHS = {8, 16, 32, 64, 96, 128};

    private static Cost linear(double fixedMillis, double unitMillis) {
        return (rows, padded) -> (fixedMillis + unitMillis * rows * padded) * 1e6;
    }

    private static double measured(int rows, long padded) {
        int row = place(MEASURED_ROWS, rows);
        int column = place(MEASURED_LENGTHS, (double) padded);
        double ofRow = share(MEASURED_ROWS, row, rows);
        double ofColumn = share(MEASURED_LENGTHS, column, (double) padded);
        double low = between(MEASURED_MILLIS[row][column], MEASURED_MILLIS[row][column + 1], ofColumn);
        double high = between(MEASURED_MILLIS[row + 1][column], MEASURED_MILLIS[row + 1][column + 1], ofColumn);
        return between(low, high, ofRow) * 1e6;
    }

    private static int place(double[] steps, double value) {
        int place = 0;
        while (place < steps.length - 2 && steps[place + 1] <= value) {
            place++;
        }
        return place;
    }

    private static double share(double[] steps, int place, double value) {
        return (value - steps[place]) / (steps[place + 1] - steps[place]);
    }

    private static double between(double low, double high, double share) {
        return low + share * (high - low);
    }

    private static double oneByOne(Cost cost, int clients) {
        return new LengthSimulation(1, List.of(), cost, 0.1).perSecond(clients, WARM, MEASURED);
    }

    private static double batched(int maxRows, List<Long> buckets, Cost cost, int clients) {
        return new LengthSimulation(maxRows, buckets, cost, 0.1).perSecond(clients, WARM, MEASURED);
    }

    /** The best that can be made of so many requests at a time: cut into neighbours in length at the least true cost. */
    private static double ideal(int maxRows, int clients, double fixedMillis, double unitMillis) {
        Random random = new Random(2);
        BatchPrices prices = new BatchPrices(
                new LengthBuckets(List.of()), maxRows, true, fixedMillis, 0, unitMillis, 0, Double.MAX_VALUE);
        double millis = 0;
        int rounds = 100;
        for (int round = 0; round < rounds; round++) {
            List<Waiting<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                waiting.add(new Waiting<>(i, BatchKey.ANY, 1, LengthSimulation.length(random), 0, 0));
            }
            millis += new LengthPartition<>(waiting, prices).price();
        }
        return rounds * clients / millis * 1e3;
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 64})
    void costlyExecutions_comeNearTheIdeal(int maxRows) {
        double ideal = ideal(maxRows, 64, 5, 0.02);

        assertThat(batched(maxRows, List.of(), linear(5, 0.02), 64)).isGreaterThan(0.93 * ideal);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.2", "0.05, 0.2", "0.5, 0.2", "0, 0.002"})
    void cheapExecutions_areNeverWorseThanOneByOne(double fixed, double unit) {
        for (int clients : CLIENTS) {
            checkNoLoss(linear(fixed, unit), clients);
        }
    }

    /** What looks like the cost of an execution while requests run one by one is in truth that of a row. */
    @ParameterizedTest
    @CsvSource({"5, 0.02", "1, 0.2"})
    void costOfEachRow_isNotTakenForThatOfAnExecution(double row, double unit) {
        for (int clients : CLIENTS) {
            checkNoLoss((rows, padded) -> (row * rows + unit * rows * padded) * 1e6, clients);
        }
    }

    private static void checkNoLoss(Cost cost, int clients) {
        double alone = oneByOne(cost, clients);

        assertThat(batched(32, List.of(), cost, clients))
                .as("%d clients", clients)
                .isGreaterThan(0.97 * alone);
        assertThat(batched(32, List.of(16L, 32L, 64L, 128L), cost, clients))
                .as("%d clients, in buckets", clients)
                .isGreaterThan(0.97 * alone);
    }

    @Test
    void measuredCosts_areUsedWhereTheyPay() {
        for (int clients : CLIENTS) {
            checkNoLoss(LengthBatchesTest::measured, clients);
        }
        assertThat(batched(16, List.of(), LengthBatchesTest::measured, 64))
                .isGreaterThan(1.1 * oneByOne(LengthBatchesTest::measured, 64));
    }

    private final LengthBatches lengths = new LengthBatches(new LengthBuckets(List.of()), 0);
    private final Lanes<Integer> group = new Lanes<>();

    private static BatchLimits limits(long delay, Integer... preferred) {
        return new BatchLimits(8, List.of(preferred), BatchDelay.fixed(delay), level -> QueuePolicy.DEFAULT);
    }

    private void wait(long... each) {
        for (long length : each) {
            group.add(new Waiting<>(group.size(), BatchKey.ANY, 1, length, 0, 0));
        }
    }

    private static void learn(LengthBatches learning, double fixed, double unit) {
        for (int i = 0; i < 20; i++) {
            long length = 8L + i;
            learning.ran(1, length, length, (long) linear(fixed, unit).nanos(1, length));
        }
    }

    private List<Integer> chosen(LengthBatches from, BatchLimits limits, boolean late) {
        return from.batchOf(group, limits, late).stream().map(Waiting::item).toList();
    }

    @Test
    void beforeCostsAreKnown_onlyEqualLengthsRunTogether() {
        wait(9, 10, 9, 11, 10);
        assertThat(chosen(lengths, limits(0), false)).containsExactly(0, 2);

        learn(lengths, 5, 0.02);
        assertThat(chosen(lengths, limits(0), false)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void firstInOrder_isAlwaysInTheBatch() {
        learn(lengths, 1, 0.02);
        wait(1000, 8, 8, 8, 8, 8, 8, 8, 8);

        assertThat(chosen(lengths, limits(0), false)).containsExactly(0);
    }

    @Test
    void batchThatNeedNotWait_goesBeforeTheFirstThatDoes() {
        learn(lengths, 1, 0.02);
        wait(1000, 8, 8, 8, 8, 8, 8, 8, 8);

        assertThat(chosen(lengths, limits(100), false)).hasSize(8).doesNotContain(0);
        assertThat(chosen(lengths, limits(100), true)).containsExactly(0);
    }

    @Test
    void preferredSize_takesTheNearestToTheFirst() {
        learn(lengths, 5, 0.02);
        wait(20, 30, 8, 21);

        assertThat(chosen(lengths, limits(100, 2), false)).containsExactly(0, 3);
        assertThat(chosen(lengths, limits(100, 2), true)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void latencyGoal_boundsWhatABatchMayCost() {
        LengthBatches inTime = new LengthBatches(new LengthBuckets(List.of()), 14_000_000);
        learn(inTime, 5, 0.02);
        wait(50, 50, 50, 50);

        assertThat(chosen(inTime, limits(0), false)).containsExactly(0);
        assertThat(inTime.learned(8).fixedNanos()).isBetween(4.9e6, 5.1e6);
    }

    @Test
    void requestsThatCannotBePadded_runTogetherAsTheyCome() {
        learn(lengths, 0, 1);
        wait(0, 0, 0);

        assertThat(chosen(lengths, limits(0), false)).containsExactly(0, 1, 2);
    }
}
