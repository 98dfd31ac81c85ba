package io.longshore.ejb.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TerminationSignalsTest {
    @Test
    void signal_reachesTheHandlerAndIsGivenBackAtTheClose() throws Exception {
        SignalApi api = new SignalApi();
        LinkedBlockingQueue<String> before = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<String> during = new LinkedBlockingQueue<>();
        Object original = api.install(api.signal("TERM"), api.handler(before::add));
        try {
            TerminationSignals signals = TerminationSignals.take(during::add);
            assertThat(signals).isNotNull();
            try (signals) {
                terminateMyself();
                assertThat(during.poll(10, TimeUnit.SECONDS)).isEqualTo("TERM");
                assertThat(before).isEmpty();
            }
            terminateMyself();
            assertThat(before.poll(10, TimeUnit.SECONDS)).isEqualTo("TERM");
            assertThat(during).isEmpty();
        } finally {
            api.install(api.signal("TERM"), original);
        }
    }

    @Test
    void unknownSignal_isAnIllegalArgument() throws Exception {
        SignalApi api = new SignalApi();

        assertThatIllegalArgumentException().isThrownBy(() -> api.signal("NO_SUCH_SIGNAL"));
    }

    @Test
    void handler_behavesAsAnObject() throws Exception {
        SignalApi api = new SignalApi();
        Object handler = api.handler(name -> {});

        Object other = api.handler(name -> {});

        assertThat(Set.of(handler, other)).contains(handler, other).hasSize(2);
        assertThat(handler).hasToString("Longshore's signal handler");
    }

    private static void terminateMyself() {
        // ProcessHandle.current() refuses to end its own process.
        try {
            new ProcessBuilder(
                            "kill",
                            "-TERM",
                            Long.toString(ProcessHandle.current().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
