package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RunTimeTailTest {
    private final RunTimeTail tail = new RunTimeTail();

    @Test
    void unknownModel_isNotBrief() {
        assertThat(tail.isBrief()).isFalse();
        add(100, 20_000);
        assertThat(tail.isBrief()).isFalse();
    }

    @Test
    void briefRuns_areFoundOutWithinAThousand() {
        add(1_000, 20_000);
        assertThat(tail.isBrief()).isTrue();
    }

    @Test
    void oneRunThatIsFarTooLong_isEnough() {
        add(10_000, 20_000);
        add(1, RunTimeTail.LONG_NANOS);
        assertThat(tail.isBrief()).isFalse();
        add(100, 20_000);
        assertThat(tail.isBrief()).isFalse();
    }

    @Test
    void runsThatAreNotBrief_areFoundOutWithinThirty() {
        add(10_000, 20_000);
        add(30, 1_000_000);
        assertThat(tail.isBrief()).isFalse();
    }

    @RepeatedTest(20)
    void oneRunInTwoHundredThatLostItsCore_hardlyChangesAnything(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        add(2_000, 20_000);
        int brief = 0;
        for (int i = 0; i < 20_000; i++) {
            tail.add(random.nextInt(200) == 0 ? 4_000_000 : 20_000);
            brief += tail.isBrief() ? 1 : 0;
        }
        assertThat(brief).isGreaterThan(19_000);
    }

    @RepeatedTest(20)
    void oneRunInTwentyThatIsNotBrief_isTooMany(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        add(2_000, 20_000);
        int brief = 0;
        for (int i = 0; i < 20_000; i++) {
            tail.add(random.nextInt(20) == 0 ? 4_000_000 : 20_000);
            brief += tail.isBrief() ? 1 : 0;
        }
        assertThat(brief).isLessThan(2_000);
    }

    private void add(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            tail.add(nanos);
        }
    }
}
