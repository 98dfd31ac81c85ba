package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunTimeMedianTest {
    private final RunTimeMedian median = new RunTimeMedian();

    @Test
    void unknownModel_isNeitherShortNorLong() {
        assertThat(median.isShort()).isFalse();
        assertThat(median.isLong()).isFalse();
    }

    @Test
    void longRuns_areFoundOutAtOnce() {
        add(1, 5_000_000);
        assertThat(median.isLong()).isTrue();
    }

    @Test
    void shortRuns_areFoundOutWithinForty() {
        add(40, 20_000);
        assertThat(median.isShort()).isTrue();
    }

    @Test
    void oneRunInTwentyThatLostItsCore_changesNothing() {
        add(100, 20_000);
        for (int i = 0; i < 50; i++) {
            add(19, 20_000);
            add(1, 5_000_000);
            assertThat(median.isShort()).isTrue();
        }
    }

    @Test
    void runsThatAreLong_areFoundOutWithinFifty() {
        add(200, 20_000);
        add(50, 5_000_000);
        assertThat(median.isShort()).isFalse();
    }

    @Test
    void oneRunThatIsFarTooLong_isEnough() {
        add(200, 20_000);
        add(1, RunTimeMedian.LONG_NANOS);
        assertThat(median.isShort()).isFalse();
    }

    private void add(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            median.add(nanos);
        }
    }
}
