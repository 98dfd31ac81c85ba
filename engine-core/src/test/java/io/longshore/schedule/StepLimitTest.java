package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.CallerThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class StepLimitTest {
    private final List<String> started = new ArrayList<>();

    private StepLimit.Entrant entrant(String name) {
        return caller -> started.add(name + (caller == CallerThread.NEVER ? "" : "!"));
    }

    @Test
    void thoseBeyondTheLimit_waitInOrderAndStartElsewhere() {
        StepLimit limit = new StepLimit(1);
        StepLimit.Entrant forgotten = entrant("c");
        limit.enter(entrant("a"), CallerThread.FREELY);
        limit.enter(entrant("b"), CallerThread.FREELY);
        limit.enter(forgotten, CallerThread.FREELY);
        limit.enter(entrant("d"), CallerThread.FREELY);

        assertThat(limit.waiting()).isEqualTo(3);
        assertThat(limit.forget(forgotten)).isTrue();
        assertThat(limit.forget(forgotten)).isFalse();
        limit.leave();
        limit.leave();
        limit.leave();
        limit.enter(entrant("e"), CallerThread.FREELY);
        assertThat(started).containsExactly("a!", "b", "d", "e!");
    }

    @Test
    void zero_isNoLimit() {
        StepLimit limit = new StepLimit(0);
        limit.enter(entrant("a"), CallerThread.NEVER);
        limit.enter(entrant("b"), CallerThread.NEVER);

        assertThat(started).containsExactly("a", "b");
    }

    /** Each ends as soon as it starts, as a refused request does. */
    @Test
    void manyThatEndAtOnce_doNotNest() {
        StepLimit limit = new StepLimit(1);
        AtomicInteger ended = new AtomicInteger();
        limit.enter(entrant("first"), CallerThread.NEVER);
        for (int i = 0; i < 100_000; i++) {
            limit.enter(
                    caller -> {
                        ended.incrementAndGet();
                        limit.leave();
                    },
                    CallerThread.NEVER);
        }
        limit.leave();

        assertThat(ended).hasValue(100_000);
    }

    /** The race: leaving against entering and being forgotten. Nobody is lost, and nobody starts beyond the limit. */
    @RepeatedTest(50)
    void threadsThatComeAndGo_neverExceedTheLimit() {
        StepLimit limit = new StepLimit(2);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Runnable client = () -> {
            for (int i = 0; i < 200; i++) {
                StepLimit.Entrant entrant = caller -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    ended.incrementAndGet();
                    limit.leave();
                };
                limit.enter(entrant, CallerThread.NEVER);
                if (i % 3 == 0 && limit.forget(entrant)) {
                    ended.incrementAndGet();
                }
            }
        };
        Race.of(client, client, client);

        assertThat(ended).hasValue(600);
        assertThat(most.get()).isLessThanOrEqualTo(2);
        assertThat(limit.waiting()).isZero();
    }
}
