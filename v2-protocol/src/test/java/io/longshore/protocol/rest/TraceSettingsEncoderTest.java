package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TraceSettingsEncoderTest {
    @Test
    void settings_areAllTexts() {
        TraceSettings files = new TraceSettings(
                Set.of(TraceLevel.TENSORS, TraceLevel.TIMESTAMPS), 10, 4, 2, "/t/trace.json", TraceMode.TRITON);

        assertThat(new String(TraceSettingsEncoder.json(files), StandardCharsets.UTF_8))
                .isEqualTo("{\"trace_level\":[\"TIMESTAMPS\",\"TENSORS\"],\"trace_rate\":\"10\",\"trace_count\":\"4\","
                        + "\"log_frequency\":\"2\",\"trace_file\":\"/t/trace.json\",\"trace_mode\":\"triton\"}");
        TraceSettings spans = new TraceSettings(Set.of(), 1000, -1, 0, "", TraceMode.OPENTELEMETRY);
        assertThat(new String(TraceSettingsEncoder.json(spans), StandardCharsets.UTF_8))
                .isEqualTo("{\"trace_level\":[\"OFF\"],\"trace_rate\":\"1000\",\"trace_count\":\"-1\","
                        + "\"trace_mode\":\"opentelemetry\"}");
    }
}
