package io.longshore.web.grpc;

import io.longshore.inference.LogChange;
import io.longshore.inference.LogControl;
import io.longshore.inference.LogFormat;
import io.longshore.inference.LogSettings;
import io.longshore.protocol.grpc.proto.LogSettingsRequest;
import io.longshore.protocol.grpc.proto.LogSettingsRequest.SettingValue;
import io.longshore.protocol.grpc.proto.LogSettingsRequest.SettingValue.ParameterChoiceCase;
import io.longshore.protocol.grpc.proto.LogSettingsResponse;
import io.longshore.protocol.rest.LogRequests;
import io.longshore.protocol.rest.V2Errors;
import java.util.Map;

/**
 * Telling and changing the log's settings, as messages, with Triton's texts. Settings that are not known are passed over.
 * Failures are InferenceExceptions. Thread-safe.
 */
final class LogSettingsCalls {
    private final LogControl log;

    LogSettingsCalls(LogControl log) {
        this.log = log;
    }

    /** Changes what the request names, which may be nothing, and tells the settings in effect then. */
    LogSettingsResponse settings(LogSettingsRequest request) {
        Map<String, SettingValue> asked = request.getSettingsMap();
        return message(asked.isEmpty() ? log.settings() : log.change(change(asked)));
    }

    private static LogChange change(Map<String, SettingValue> asked) {
        if (asked.containsKey("log_file")) {
            throw LogRequests.fileRefused();
        }
        LogChange change = LogChange.NONE;
        for (Map.Entry<String, SettingValue> setting : asked.entrySet()) {
            change = with(change, setting.getKey(), setting.getValue());
        }
        return change;
    }

    private static LogChange with(LogChange change, String name, SettingValue value) {
        return switch (name) {
            case "log_info" -> change.withInfo(bool(name, value));
            case "log_warning" -> change.withWarning(bool(name, value));
            case "log_error" -> change.withError(bool(name, value));
            case "log_verbose_level" -> change.withVerboseLevel(number(name, value));
            case "log_format" -> change.withFormat(format(name, value));
            default -> change;
        };
    }

    private static boolean bool(String name, SettingValue value) {
        check(name, value, ParameterChoiceCase.BOOL_PARAM, "boolean");
        return value.getBoolParam();
    }

    /** Triton calls it an int32, and takes an unsigned number. */
    private static long number(String name, SettingValue value) {
        check(name, value, ParameterChoiceCase.UINT32_PARAM, "int32");
        return Integer.toUnsignedLong(value.getUint32Param());
    }

    private static LogFormat format(String name, SettingValue value) {
        check(name, value, ParameterChoiceCase.STRING_PARAM, "string");
        String word = value.getStringParam();
        return LogFormat.ofWord(word)
                .orElseThrow(() -> V2Errors.invalid("invalid argument for log_format, got: " + word));
    }

    private static void check(String name, SettingValue value, ParameterChoiceCase wanted, String word) {
        if (value.getParameterChoiceCase() != wanted) {
            throw V2Errors.invalid("expect " + word + " for '" + name + "'");
        }
    }

    private static LogSettingsResponse message(LogSettings settings) {
        return LogSettingsResponse.newBuilder()
                .putSettings("log_file", text(settings.file()))
                .putSettings("log_info", flag(settings.info()))
                .putSettings("log_warning", flag(settings.warning()))
                .putSettings("log_error", flag(settings.error()))
                .putSettings(
                        "log_verbose_level",
                        LogSettingsResponse.SettingValue.newBuilder()
                                .setUint32Param(settings.verboseLevel())
                                .build())
                .putSettings("log_format", text(settings.format().word()))
                .build();
    }

    private static LogSettingsResponse.SettingValue text(String value) {
        return LogSettingsResponse.SettingValue.newBuilder()
                .setStringParam(value)
                .build();
    }

    private static LogSettingsResponse.SettingValue flag(boolean value) {
        return LogSettingsResponse.SettingValue.newBuilder().setBoolParam(value).build();
    }
}
