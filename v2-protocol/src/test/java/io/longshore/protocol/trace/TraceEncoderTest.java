package io.longshore.protocol.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.RecordedTraces;
import io.longshore.engine.TraceRegistry;
import io.longshore.model.ModelId;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
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
}
