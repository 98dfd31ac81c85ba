package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitEstimateTest {
    private final WaitEstimate estimate = new WaitEstimate();

    @Test
    void beforeTheFirstRun_nothingIsExpectedToWait() {
        assertThat(estimate.nanos(1_000_000, 1)).isZero();
    }

    @Test
    void rows_areSharedByTheInstances() {
        estimate.ran(8, 800);

        assertThat(estimate.nanos(0, 1)).isZero();
        assertThat(estimate.nanos(10, 1)).isEqualTo(1000);
        assertThat(estimate.nanos(10, 4)).isEqualTo(250);
    }

    @Test
    void run_takesAsLongAsItsRowsTogether() {
        assertThat(estimate.runNanos()).isZero();
        estimate.ran(8, 800);
        assertThat(estimate.runNanos()).isEqualTo(800);
    }

    @Test
    void oneLongRun_changesLittleAndManyChangeAll() {
        estimate.ran(1, 100);
        estimate.ran(1, 100_000);
        assertThat(estimate.nanos(1, 1)).isLessThan(120);

        for (int i = 0; i < 100; i++) {
            estimate.ran(1, 100_000);
        }
        assertThat(estimate.nanos(1, 1)).isEqualTo(100_000);
        for (int i = 0; i < 100; i++) {
            estimate.ran(1, 100);
        }
        assertThat(estimate.nanos(1, 1)).isBetween(100L, 110L);
    }

    @Test
    void unbelievableRows_doNotOverflow() {
        estimate.ran(1, Long.MAX_VALUE / 2);

        assertThat(estimate.nanos(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
        estimate.ran(0, 0);
        assertThat(estimate.nanos(1, 1)).isPositive();
    }
}
