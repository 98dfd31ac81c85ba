package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchCostTest {
    private final BatchCost cost = new BatchCost();

    @Test
    void beforeTheFirstRun_nothingIsKnown() {
        assertThat(cost.nanos(8)).isZero();
    }

    @Test
    void runsOfOneSize_tellTheCostOfTheirUnits() {
        cost.ran(4, 400);
        cost.ran(4, 400);

        assertThat(cost.fixed()).isZero();
        assertThat(cost.nanos(8)).isCloseTo(800, within(1e-6));
    }

    @Test
    void runsOfSeveralSizes_tellBothCosts() {
        for (int i = 0; i < 20; i++) {
            cost.ran(1 + i % 5, 1000 + 10L * (1 + i % 5));
        }

        assertThat(cost.fixed()).isCloseTo(1000, within(1.0));
        assertThat(cost.perUnit()).isCloseTo(10, within(0.1));
    }

    @Test
    void noise_doesNotCarryItFarOff() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            int size = 1 + random.nextInt(32);
            double hiccup = random.nextInt(50) == 0 ? 100 : 1;
            cost.ran(size, (long) ((50_000 + 1000.0 * size) * hiccup * (0.9 + 0.2 * random.nextDouble())));
        }

        assertThat(cost.nanos(16)).isBetween(60_000.0, 90_000.0);
    }

    @Test
    void largerRunsThatTakeLess_costNothingAUnit() {
        cost.ran(1, 100);
        cost.ran(10, 60);

        assertThat(cost.perUnit()).isZero();
        assertThat(cost.fixed()).isBetween(60.0, 100.0);
    }

    @Test
    void largerRunsThatTakeMoreThanTheirShare_haveNoFixedCost() {
        cost.ran(1, 100);
        cost.ran(10, 390);
        cost.ran(10, 2000);
        cost.ran(10, 2000);

        assertThat(cost.fixed()).isZero();
        assertThat(cost.perUnit()).isPositive();
    }
}
