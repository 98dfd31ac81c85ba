package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class StepLimitTest {
    private final List<String> started = new ArrayList<>();

    private StepLimit.Entrant entrant(String name) {
        return mayExecute -> started.add(name + (mayExecute ? "!" : ""));
    }

    @Test
    void thoseBeyondTheLimit_waitInOrderAndStartElsewhere() {
        StepLimit limit = new StepLimit(1);
        StepLimit.Entrant forgotten = entrant("c");
        limit.enter(entrant("a"), true);
        limit.enter(entrant("b"), true);
        limit.enter(forgotten, true);
        limit.enter(entrant("d"), true);

        assertThat(limit.waiting()).isEqualTo(3);
        assertThat(limit.forget(forgotten)).isTrue();
        assertThat(limit.forget(forgotten)).isFalse();
        limit.leave();
        limit.leave();
        limit.leave();
        limit.enter(entrant("e"), true);
        assertThat(started).containsExactly("a!", "b", "d", "e!");
    }

    @Test
    void zero_isNoLimit() {
        StepLimit limit = new StepLimit(0);
        limit.enter(entrant("a"), false);
        limit.enter(entrant("b"), false);

        assertThat(started).containsExactly("a", "b");
    }

    /** Each ends as soon as it starts, as a refused request does. */
    @Test
    void manyThatEndAtOnce_doNotNest() {
        StepLimit limit = new StepLimit(1);
        AtomicInteger ended = new AtomicInteger();
        limit.enter(entrant("first"), false);
        for (int i = 0; i < 100_000; i++) {
            limit.enter(
                    mayExecute -> {
                        ended.incrementAndGet();
                        limit.leave();
                    },
                    false);
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
                StepLimit.Entrant entrant = mayExecute -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    ended.incrementAndGet();
                    limit.leave();
                };
                limit.enter(entrant, false);
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
