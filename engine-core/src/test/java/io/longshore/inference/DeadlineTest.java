package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final FakeTicker ticker = new FakeTicker();

    @Test
    void zeroTimeout_isNoDeadline() {
        assertThat(Deadline.after(Duration.ZERO, ticker)).isSameAs(Deadline.NONE);
        assertThat(Deadline.NONE.isExpired(ticker.nanos())).isFalse();
    }

    @Test
    void deadline_comesWhenItsTimeHasPassedAlsoAcrossTheWrap() {
        Deadline deadline = Deadline.after(Duration.ofMillis(5), ticker);
        ticker.advance(Duration.ofNanos(4_999_999));
        assertThat(deadline.isExpired(ticker.nanos())).isFalse();
        ticker.advance(Duration.ofNanos(1));
        assertThat(deadline.isExpired(ticker.nanos())).isTrue();
    }

    @Test
    void hugeTimeouts_neitherThrowNorExpire() {
        for (Duration huge : List.of(
                Duration.of(Long.MAX_VALUE, ChronoUnit.MICROS),
                Duration.ofNanos(Long.MAX_VALUE),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            Deadline deadline = Deadline.after(huge, ticker);
            assertThat(deadline.isBounded()).isTrue();
            assertThat(deadline.isExpired(ticker.nanos())).isFalse();
            assertThat(deadline.isExpired(
                            ticker.nanos() + Duration.ofDays(10_000).toNanos()))
                    .isFalse();
            Deadline soon = Deadline.after(Duration.ofSeconds(1), ticker);
            assertThat(deadline.earliest(soon)).isSameAs(soon);
            assertThat(soon.earliest(deadline)).isSameAs(soon);
        }
    }

    @Test
    void negativeTimeout_hasComeAlready() {
        assertThat(Deadline.after(Duration.ofSeconds(-1), ticker).isExpired(ticker.nanos()))
                .isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(Long.MIN_VALUE), ticker).isExpired(ticker.nanos()))
                .isTrue();
    }
}
