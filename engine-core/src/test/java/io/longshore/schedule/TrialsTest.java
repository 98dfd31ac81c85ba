package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrialsTest {
    private final Trials trials = new Trials();

    /** Executions until the next trial is due, the one before it included. */
    private int runsUntilDue(boolean alone) {
        int runs = 0;
        do {
            trials.ran(alone);
            runs++;
        } while (!trials.isDue());
        return runs;
    }

    @Test
    void withCompany_everySixteenthExecutionIsOne() {
        assertThat(runsUntilDue(false)).isEqualTo(16);
        assertThat(runsUntilDue(false)).isEqualTo(16);
        assertThat(runsUntilDue(false)).isEqualTo(16);
    }

    @Test
    void withoutCompany_becomesRare() {
        assertThat(runsUntilDue(true)).isEqualTo(16);
        assertThat(runsUntilDue(true)).isEqualTo(32);
        assertThat(runsUntilDue(true)).isEqualTo(64);
        assertThat(runsUntilDue(true)).isEqualTo(128);
        assertThat(runsUntilDue(true)).isEqualTo(128);
    }

    @Test
    void companyAfterALongTimeAlone_isTriedSoon() {
        for (int i = 0; i < 4; i++) {
            runsUntilDue(true);
        }
        trials.ran(true);
        trials.ran(false);

        assertThat(runsUntilDue(true)).isEqualTo(15);
    }
}
