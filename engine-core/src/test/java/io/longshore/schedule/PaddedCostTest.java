package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PaddedCostTest {
    private final PaddedCost cost = new PaddedCost();
    private final Random random = new Random(3);

    private BatchPrices prices() {
        return cost.prices(new LengthBuckets(List.of()), 8, 0, 1e12);
    }

    private interface Truth {
        double nanos(int rows, int units);
    }

    private void learn(int runs, int maxRows, Truth truth) {
        for (int i = 0; i < runs; i++) {
            int rows = 1 + random.nextInt(maxRows);
            int units = rows * (8 + random.nextInt(121));
            cost.ran(rows, units, (long) truth.nanos(rows, units));
        }
    }

    @Test
    void singleRequestsOfSeveralLengths_tellWhatAnExecutionCosts() {
        learn(50, 1, (rows, units) -> 5_000 + 20 * units);

        assertThat(cost.isKnown()).isTrue();
        assertThat(cost.fixed()).isCloseTo(5_000, within(50.0));
        assertThat(cost.nanos(4, 400)).isCloseTo(13_000, within(300.0));
        assertThat(prices().saved()).isCloseTo(5_000, within(50.0));
    }

    @Test
    void requestsOfOneLength_tellNothing() {
        for (int i = 0; i < 50; i++) {
            cost.ran(1, 64, 6_000);
        }

        assertThat(cost.isKnown()).isFalse();
        assertThat(cost.nanos(1, 64)).isCloseTo(6_000, within(60.0));
    }

    @Test
    void firstRuns_areNotTrusted() {
        learn(7, 1, (rows, units) -> 5_000);

        assertThat(cost.isKnown()).isFalse();
    }

    @Test
    void costOfEachRow_isNotSavedByBatches() {
        learn(100, 8, (rows, units) -> 1_000 + 4_000 * rows + 20 * units);

        assertThat(prices().saved()).isCloseTo(1_000, within(150.0));
    }

    @Test
    void largeBatchesThatLose_areSeen() {
        learn(200, 16, (rows, units) -> 5_000 + 200 * units + 0.1 * units * units);

        assertThat(cost.nanos(16, 2_000)).isCloseTo(5_000 + 400_000 + 400_000, within(8_000.0));
    }

    @Test
    void noCosts_areBelowZero() {
        learn(100, 8, (rows, units) -> 100_000 - 10 * units);
        assertThat(prices().perUnit()).isZero();

        learn(1000, 8, (rows, units) -> Math.max(0, units - 50) * 20);
        assertThat(cost.fixed()).isZero();
    }

    @Test
    void hiccup_doesNotCarryItFarOff() {
        learn(100, 4, (rows, units) -> 5_000 + 20 * units);
        cost.ran(1, 60, 10_000_000);

        assertThat(cost.nanos(4, 300)).isBetween(10_000.0, 13_500.0);
    }
}
