package io.longshore.bench.openloop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private long now;
    private final Held first = new Held();
    private final Held second = new Held();

    @Test
    void busyConnection_nextRequestWaitsWithItsClockRunning() {
        Outcomes outcomes = new Outcomes(2);
        Dispatcher dispatcher = dispatcher(List.of(first), outcomes);
        dispatcher.arrive(0, 0);
        now = 1_000_000;
        dispatcher.arrive(1, 1_000_000);
        now = 5_000_000;
        first.end(null);
        now = 7_000_000;
        first.end(null);
        assertThat(printed(outcomes)).containsExactly("5000 0", "6000 4000");
    }

    @Test
    void latency_countsFromTheTimeTheRequestWasDue() {
        Outcomes outcomes = new Outcomes(1);
        now = 300_000;
        dispatcher(List.of(first), outcomes).arrive(0, 100_000);
        now = 900_000;
        first.end(null);
        assertThat(printed(outcomes)).containsExactly("800 200");
    }

    @Test
    void idleConnections_lastUsedGoesFirst() {
        Dispatcher dispatcher = dispatcher(List.of(first, second), new Outcomes(3));
        dispatcher.arrive(0, 0);
        dispatcher.arrive(1, 0);
        first.end(null);
        second.end(null);
        dispatcher.arrive(2, 0);
        assertThat(second.sent).isEqualTo(2);
        assertThat(first.sent).isEqualTo(1);
    }

    @Test
    void fault_isPrintedBehindItsLatencyOnOneLine() {
        Outcomes outcomes = new Outcomes(1);
        dispatcher(List.of(first), outcomes).arrive(0, 0);
        now = 2_000_000;
        first.end("status 503: too\nmuch");
        assertThat(printed(outcomes)).containsExactly("2000 0 status 503: too much");
    }

    private Dispatcher dispatcher(List<Connection> connections, Outcomes outcomes) {
        return new Dispatcher(connections, Runnable::run, () -> now, outcomes);
    }

    private static List<String> printed(Outcomes outcomes) {
        var bytes = new ByteArrayOutputStream();
        outcomes.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Answers when the test says so. */
    private static final class Held implements Connection {
        private final List<Answer> waiting = new ArrayList<>();
        private int sent;

        @Override
        public void send(Answer answer) {
            sent++;
            waiting.add(answer);
        }

        void end(@Nullable String fault) {
            requireNonNull(waiting.remove(0)).complete(fault);
        }

        @Override
        public void close() {}
    }
}
