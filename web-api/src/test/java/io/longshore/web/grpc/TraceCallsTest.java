package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.longshore.protocol.grpc.proto.TraceSettingRequest;
import io.longshore.protocol.grpc.proto.TraceSettingRequest.SettingValue;
import io.longshore.protocol.grpc.proto.TraceSettingResponse;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TraceCallsTest {
    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire((request, sink) -> () -> {}, new FewModels(), MemoryAllocator.HEAP);
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    private TraceSettingResponse call(TraceSettingRequest request) {
        return wire.call(
                GrpcWire.method(
                        "TraceSetting",
                        TraceSettingRequest.getDefaultInstance(),
                        TraceSettingResponse.getDefaultInstance()),
                request);
    }

    private static SettingValue values(String... values) {
        return SettingValue.newBuilder().addAllValue(List.of(values)).build();
    }

    @Test
    void settings_areShownAndChangedAndCleared() {
        assertThat(call(TraceSettingRequest.getDefaultInstance())
                        .getSettingsOrThrow("trace_level")
                        .getValueList())
                .containsExactly("TIMESTAMPS", "TENSORS");

        TraceSettingRequest change = TraceSettingRequest.newBuilder()
                .putSettings("trace_rate", values("7"))
                .putSettings("trace_level", values("OFF"))
                .setModelName("m")
                .build();
        assertThat(call(change).getSettingsOrThrow("trace_rate").getValueList()).containsExactly("7");
        assertThat(call(TraceSettingRequest.newBuilder().setModelName("m").build())
                        .getSettingsOrThrow("trace_level")
                        .getValueList())
                .containsExactly("OFF");

        TraceSettingRequest clear =
                change.toBuilder().putSettings("trace_rate", values()).build();
        assertThat(call(clear).getSettingsOrThrow("trace_rate").getValueList()).containsExactly("1");
    }

    @Test
    void faults_haveTheirCodes() {
        assertThat(failure("trace_rate", "x").getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure("trace_rate", "x").getDescription()).isEqualTo("Unable to parse 'trace_rate', got: x");
        assertThat(failure("trace_file", "/tmp/x").getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    private Status failure(String setting, String value) {
        TraceSettingRequest request = TraceSettingRequest.newBuilder()
                .putSettings(setting, values(value))
                .build();
        return assertThrows(StatusRuntimeException.class, () -> call(request)).getStatus();
    }
}
