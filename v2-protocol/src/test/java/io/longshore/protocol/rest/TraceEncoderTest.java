package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.RecordedTraces;
import io.longshore.engine.TraceRegistry;
import io.longshore.model.ModelId;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TraceEncoderTest {
    private final TraceRegistry registry = new RecordedTraces().registry(RecordedTraces.EVERY);
    private final RequestTrace root = Objects.requireNonNull(registry.begin("m", null));

    private static String encoded(RequestTrace trace) {
        return new String(TraceEncoder.encode(trace), StandardCharsets.UTF_8);
    }

    @Test
    void tree_isWrittenAsTritonDoes() {
        root.servedBy(new ModelId("outer", 3), "say \"hi\"");
        root.record(TraceActivity.REQUEST_START, 17);
        RequestTrace nested = root.nested("inner");
        nested.servedBy(new ModelId("inner", 1), "");
        nested.record("MINE", 18);
        root.record(
                RequestTrace.BACKEND_OUTPUT,
                List.of(Tensors.ofBytes(
                        MemoryAllocator.HEAP,
                        "OUT",
                        Shape.of(1, 1),
                        List.of("a\"b\n".getBytes(StandardCharsets.UTF_8)))));

        assertThat(encoded(root))
                .isEqualTo("{\"id\":1,\"model_name\":\"outer\",\"model_version\":3,\"request_id\":\"say \\\"hi\\\"\"},"
                        + "{\"id\":1,\"timestamps\":[{\"name\":\"REQUEST_START\",\"ns\":17}]},"
                        + "{\"id\":1,\"activity\":\"TENSOR_BACKEND_OUTPUT\",\"tensor\":{\"name\":\"OUT\","
                        + "\"data\":\"\\\"a\\\"b\\n\\\"\",\"shape\":\"1,1\",\"dtype\":\"BYTES\"}},"
                        + "{\"id\":2,\"model_name\":\"inner\",\"model_version\":1,\"parent_id\":1},"
                        + "{\"id\":2,\"timestamps\":[{\"name\":\"MINE\",\"ns\":18}]}");
    }

    @Test
    void requestThatCameToNoModel_namesTheOneWanted() {
        assertThat(encoded(root)).isEqualTo("{\"id\":1,\"model_name\":\"m\",\"model_version\":-1}");
    }

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
