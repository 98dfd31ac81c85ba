package io.longshore.ejb.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelStatus.State;
import io.longshore.inference.Readiness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartReportTest {
    private static final List<ModelStatus> VERSIONS = List.of(
            new ModelStatus("a", 1, State.READY, ""),
            new ModelStatus("a", 2, State.READY, ""),
            new ModelStatus("b", 1, State.READY, ""),
            new ModelStatus("c", 2, State.UNAVAILABLE, "no such file"),
            new ModelStatus("c", 3, State.UNAVAILABLE, "no such file"),
            new ModelStatus("known", 0, State.UNKNOWN, ""));

    @Test
    void ready_lineCountsModelsOnce() {
        StartReport report = new StartReport(VERSIONS, Readiness.READY);

        assertThat(report.line("0.1.0", "http://127.0.0.1:8000", Duration.ofMillis(4849)))
                .isEqualTo("Longshore 0.1.0 is ready at http://127.0.0.1:8000: 2 models ready, 1 failed,"
                        + " 4.8 s after the start of the process");
        assertThat(report.failedModels()).containsExactly("c");
    }

    @Test
    void notReady_lineSaysWhy() {
        StartReport report = new StartReport(VERSIONS, Readiness.notReady("models that are not ready: [c]"));

        assertThat(report.line("0.1.0", "http://x", Duration.ZERO))
                .isEqualTo("Longshore 0.1.0 answers at http://x but is not ready (models that are not ready: [c]):"
                        + " 2 models ready, 1 failed, 0.0 s after the start of the process");
    }
}
