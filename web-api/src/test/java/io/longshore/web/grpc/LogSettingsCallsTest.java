package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.longshore.inference.LogFormat;
import io.longshore.inference.LogSettings;
import io.longshore.protocol.grpc.proto.LogSettingsRequest;
import io.longshore.protocol.grpc.proto.LogSettingsRequest.SettingValue;
import io.longshore.protocol.grpc.proto.LogSettingsResponse;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogSettingsCallsTest {
    private static final SettingValue OFF =
            SettingValue.newBuilder().setBoolParam(false).build();
    private static final SettingValue TWO =
            SettingValue.newBuilder().setUint32Param(2).build();

    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire((request, sink) -> () -> {}, new FewModels(), MemoryAllocator.HEAP);
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    @Test
    void emptyRequest_tellsTheSettings() {
        LogSettingsResponse told = settings(Map.of());
        assertThat(told.getSettingsMap())
                .containsOnlyKeys(
                        "log_file", "log_info", "log_warning", "log_error", "log_verbose_level", "log_format");
        assertThat(told.getSettingsOrThrow("log_file").hasStringParam()).isTrue();
        assertThat(told.getSettingsOrThrow("log_info").getBoolParam()).isTrue();
        assertThat(told.getSettingsOrThrow("log_verbose_level").hasUint32Param())
                .isTrue();
        assertThat(told.getSettingsOrThrow("log_format").getStringParam()).isEqualTo("default");
    }

    @Test
    void settings_changeAndAreTold() {
        LogSettingsResponse told = settings(Map.of(
                "log_info", OFF,
                "log_warning", OFF,
                "log_error", OFF,
                "log_verbose_level", TWO,
                "log_format", text("ISO8601"),
                "unknown", TWO));
        assertThat(wire.log.settings()).isEqualTo(new LogSettings("", false, false, false, 2, LogFormat.ISO8601));
        assertThat(told.getSettingsOrThrow("log_verbose_level").getUint32Param())
                .isEqualTo(2);
        assertThat(told.getSettingsOrThrow("log_format").getStringParam()).isEqualTo("ISO8601");
    }

    @Test
    void faults_haveTritonsStatusAndTextAndChangeNothing() {
        assertFails("log_info", TWO, Status.Code.INVALID_ARGUMENT, "expect boolean for 'log_info'");
        assertFails("log_warning", text("true"), Status.Code.INVALID_ARGUMENT, "expect boolean for 'log_warning'");
        assertFails(
                "log_error",
                SettingValue.getDefaultInstance(),
                Status.Code.INVALID_ARGUMENT,
                "expect boolean for 'log_error'");
        assertFails("log_verbose_level", OFF, Status.Code.INVALID_ARGUMENT, "expect int32 for 'log_verbose_level'");
        assertFails("log_format", TWO, Status.Code.INVALID_ARGUMENT, "expect string for 'log_format'");
        assertFails("log_format", text("x"), Status.Code.INVALID_ARGUMENT, "invalid argument for log_format, got: x");
        assertFails(
                "log_file",
                text("/x"),
                Status.Code.UNIMPLEMENTED,
                "log file location can not be updated through network protocol");
        assertThat(wire.log.settings()).isEqualTo(LogSettings.DEFAULT);
    }

    private static SettingValue text(String value) {
        return SettingValue.newBuilder().setStringParam(value).build();
    }

    /** Beside a setting that is right: it must not change either. */
    private void assertFails(String name, SettingValue value, Status.Code code, String text) {
        String other = name.equals("log_info") ? "log_error" : "log_info";
        Status status = assertThrows(StatusRuntimeException.class, () -> settings(Map.of(name, value, other, OFF)))
                .getStatus();
        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).isEqualTo(text);
    }

    private LogSettingsResponse settings(Map<String, SettingValue> asked) {
        return ClientCalls.blockingUnaryCall(
                wire.channel,
                GrpcWire.method(
                        "LogSettings",
                        LogSettingsRequest.getDefaultInstance(),
                        LogSettingsResponse.getDefaultInstance()),
                CallOptions.DEFAULT,
                LogSettingsRequest.newBuilder().putAllSettings(asked).build());
    }
}
