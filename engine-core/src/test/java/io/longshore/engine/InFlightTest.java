package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final InFlight inFlight = new InFlight();

    @Test
    void closedWhileEmpty_isDoneAtOnceAndLetsNobodyIn() {
        assertThat(inFlight.close().toCompletableFuture()).isCompleted();
        assertThat(inFlight.tryEnter()).isFalse();
        assertThat(inFlight.current()).isZero();
    }

    @Test
    void closed_waitsForThoseInsideAndTheirNestedOnes() {
        inFlight.tryEnter();
        CompletableFuture<Void> empty = inFlight.close().toCompletableFuture();
        inFlight.enterNested();
        assertThat(inFlight.current()).isEqualTo(2);
        inFlight.leave();
        assertThat(empty).isNotDone();
        inFlight.leave();

        assertThat(empty).isCompleted();
        assertThat(inFlight.close().toCompletableFuture()).isCompleted();
        assertThat(inFlight.current()).isZero();
    }

    /** Race: enter and leave against close. Nobody is inside once the close is done. */
    @RepeatedTest(50)
    void enterAgainstClose_isDoneOnlyWhenEmpty() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger insideWhenDone = new AtomicInteger();
        Runnable user = () -> {
            for (int i = 0; i < 200 && inFlight.tryEnter(); i++) {
                inside.incrementAndGet();
                inside.decrementAndGet();
                inFlight.leave();
            }
        };
        Race.of(user, user, () -> inFlight.close().thenRun(() -> insideWhenDone.set(inside.get())));

        assertThat(inFlight.close().toCompletableFuture()).isCompleted();
        assertThat(insideWhenDone).hasValue(0);
        assertThat(inFlight.current()).isZero();
    }
}
