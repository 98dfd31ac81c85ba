package io.longshore.web.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.FakeTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineUsageTest {
    @TempDir
    Path proc;

    private final FakeTicker ticker = new FakeTicker();

    @Test
    void utilization_isThatSinceTheReadingBefore() throws IOException {
        tell("cpu  10 0 10 80 0 0 0 0 5 5", 4000, 1000);
        MachineUsage usage = usage();
        tell("cpu  20 5 20 110 5 2 2 1 9 9", 4000, 1500);

        // 30 of 65 ticks: guests are counted once, as part of user and nice.
        assertThat(usage.read()).hasValue(new MachineUsage.Reading(30.0 / 65, 4000 * 1024, 2500 * 1024));
    }

    @Test
    void readingWithinTheInterval_isTheSame() throws IOException {
        tell("cpu  0 0 0 0 0 0 0 0", 4000, 1000);
        MachineUsage usage = usage();
        tell("cpu  50 0 0 50 0 0 0 0", 4000, 1000);
        usage.read();
        tell("cpu  50 0 0 150 0 0 0 0", 4000, 4000);
        ticker.advance(Duration.ofMillis(1999));
        assertThat(usage.read().orElseThrow().utilization()).isEqualTo(0.5);
        ticker.advance(Duration.ofMillis(1));

        assertThat(usage.read()).hasValue(new MachineUsage.Reading(0, 4000 * 1024, 0));
    }

    @Test
    void systemThatDoesNotTell_hasNoReading() throws IOException {
        assertThat(usage().read()).isEmpty();
        tell("intr 5", 4000, 1000);
        assertThat(usage().read()).isEmpty();
    }

    private MachineUsage usage() {
        return new MachineUsage(proc, Duration.ofSeconds(2), ticker);
    }

    private void tell(String stat, long totalKib, long availableKib) throws IOException {
        Files.writeString(proc.resolve("stat"), stat + "\ncpu0 1 1 1 1 1 1 1 1\n");
        Files.writeString(
                proc.resolve("meminfo"),
                "MemTotal: " + totalKib + " kB\nMemFree: 1 kB\nMemAvailable:  " + availableKib + " kB\n");
    }
}
