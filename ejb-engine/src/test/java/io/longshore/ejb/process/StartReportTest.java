package io.longshore.ejb.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelStatus.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartReportTest {
    @Test
    void line_countsModelsOnceAndFailuresEach() {
        StartReport report = new StartReport(List.of(
                new ModelStatus("a", 1, State.READY, ""),
                new ModelStatus("a", 2, State.READY, ""),
                new ModelStatus("b", 1, State.READY, ""),
                new ModelStatus("b", 2, State.UNAVAILABLE, "no such file"),
                new ModelStatus("known", 1, State.UNAVAILABLE, "")));

        assertThat(report.line("0.1.0", "http://127.0.0.1:8000", Duration.ofMillis(4849)))
                .isEqualTo("Longshore 0.1.0 is ready at http://127.0.0.1:8000: 2 models ready, 1 version failed,"
                        + " 4.8 s after the start of the process");
        assertThat(report.failed()).containsExactly(new ModelStatus("b", 2, State.UNAVAILABLE, "no such file"));
    }

    @Test
    void line_speaksOfOneAndOfNone() {
        StartReport report = new StartReport(List.of(new ModelStatus("a", 1, State.READY, "")));

        assertThat(report.line("0.1.0", "x", Duration.ZERO)).contains("1 model ready, 0 versions failed, 0.0 s");
    }
}
