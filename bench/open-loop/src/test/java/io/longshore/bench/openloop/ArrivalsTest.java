package io.longshore.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final double RATE = 1000;
    private static final Duration DURATION = Duration.ofSeconds(100);

    @Test
    void sameSeed_sameArrivals() {
        assertThat(Arrivals.poisson(RATE, DURATION, 7))
                .isEqualTo(Arrivals.poisson(RATE, DURATION, 7))
                .isNotEqualTo(Arrivals.poisson(RATE, DURATION, 8));
    }

    @Test
    void arrivals_ascendWithinTheDuration() {
        long[] arrivals = Arrivals.poisson(RATE, DURATION, 7);
        assertThat(arrivals).isSorted();
        assertThat(arrivals[0]).isNotNegative();
        assertThat(arrivals[arrivals.length - 1]).isLessThan(DURATION.toNanos());
    }

    /** Of exponential gaps with mean m, e^-1 are longer than m and e^-2 longer than 2 m; even gaps would give 0. */
    @Test
    void gaps_areExponential() {
        long[] arrivals = Arrivals.poisson(RATE, DURATION, 7);
        assertThat(arrivals.length / RATE).isCloseTo(100, within(1.0));
        assertThat(longerGaps(arrivals, 1e9 / RATE)).isCloseTo(Math.exp(-1), within(0.01));
        assertThat(longerGaps(arrivals, 2e9 / RATE)).isCloseTo(Math.exp(-2), within(0.01));
    }

    private static double longerGaps(long[] arrivals, double nanos) {
        int longer = 0;
        for (int i = 1; i < arrivals.length; i++) {
            longer += arrivals[i] - arrivals[i - 1] > nanos ? 1 : 0;
        }
        return (double) longer / (arrivals.length - 1);
    }

    @Test
    void rateZero_isRefused() {
        assertThatThrownBy(() -> Arrivals.poisson(0, DURATION, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("greater than 0");
    }
}
