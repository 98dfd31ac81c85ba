package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsConfigTest {
    @Test
    void nothing_isTritonsDefault() {
        assertThat(MetricsConfig.parse("")).isEqualTo(MetricsConfig.DEFAULT);
        assertThat(MetricsConfig.parse(" ; ")).isEqualTo(MetricsConfig.DEFAULT);
    }

    @Test
    void quantilesAlone_askForNothing() {
        assertThat(MetricsConfig.parse("summary_quantiles=0.5:0.05, 0.99:0.001").asksForSummaries())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "counter_latencies",
                "counter_latencies=maybe",
                "summary_quantiles=0.5",
                "summary_quantiles=0.5:0.05,",
                "counters=true",
                "=true"
            })
    void anythingElse_isNamed(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricsConfig.parse("histogram_latencies=true;" + entry))
                .withMessageContaining("'" + entry + "'");
    }
}
