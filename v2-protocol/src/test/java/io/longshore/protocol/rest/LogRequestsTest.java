package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LogChange;
import io.longshore.inference.LogFormat;
import io.longshore.inference.LogSettings;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogRequestsTest {
    @Test
    void everySetting_isRead() {
        assertThat(change("{\"log_info\":false,\"log_warning\":true,\"log_error\":false,\"log_verbose_level\":2,"
                        + "\"log_format\":\"ISO8601\"}"))
                .isEqualTo(LogChange.NONE
                        .withInfo(false)
                        .withWarning(true)
                        .withError(false)
                        .withVerboseLevel(2)
                        .withFormat(LogFormat.ISO8601));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"log_file\":null,\"log_info\":null,\"log_warning\":null,\"log_error\":null,\"log_verbose_level\":null,"
                        + "\"log_format\":null}",
                "{\"unknown\":{\"log_info\":[false]},\"other\":[1,[2]],\"log_Info\":7}"
            })
    void bodyWithoutSettings_changesNothing(String body) {
        assertThat(change(body)).isEqualTo(LogChange.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"log_info\":1}|Unable to parse 'log_info': attempt to access JSON non-boolean as boolean",
                "{\"log_warning\":\"true\"}|Unable to parse 'log_warning': attempt to access JSON non-boolean as boolean",
                "{\"log_error\":[]}|Unable to parse 'log_error': attempt to access JSON non-boolean as boolean",
                "{\"log_verbose_level\":true}|Unable to parse 'log_verbose_level': attempt to access JSON"
                        + " non-unsigned-integer as unsigned-integer",
                "{\"log_verbose_level\":-1}|Unable to parse 'log_verbose_level': attempt to access JSON"
                        + " non-unsigned-integer as unsigned-integer",
                "{\"log_verbose_level\":1.0}|Unable to parse 'log_verbose_level': attempt to access JSON"
                        + " non-unsigned-integer as unsigned-integer",
                "{\"log_format\":0}|Unable to parse 'log_format': attempt to access JSON non-string as string",
                "{\"log_format\":\"iso\"}|invalid argument for --log_format, got: iso",
                "{\"log_info\":true,\"log_info\":false}|field 'log_info' is given twice in the same object; give it once",
                "[]|the body must be an object such as {\"log_verbose_level\":1}",
                "true|the body must be an object such as {\"log_verbose_level\":1}"
            })
    void settingOfTheWrongKind_isInvalid(String body, String text) {
        assertFails(body, ErrorCode.INVALID_ARGUMENT, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"log_file\":\"/x\"}", "{\"log_info\":false,\"log_file\":\"\"}", "{\"log_file\":3}"})
    void file_isRefused(String body) {
        assertFails(body, ErrorCode.UNSUPPORTED, "log file location can not be updated through network protocol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"log_info\":", "{\"log_info\" 1}", "nonsense", "{\"log_info\":tru"})
    void bodyThatIsNoJson_isInvalid(String body) {
        assertThatThrownBy(() -> change(body))
                .hasMessageStartingWith("failed to parse the request JSON buffer: ")
                .isInstanceOf(InferenceException.class);
    }

    @Test
    void settings_areWrittenInTritonsOrder() {
        LogSettings settings = new LogSettings("/tmp/\"x\"", true, false, true, 7, LogFormat.ISO8601);
        assertThat(new String(LogEncoder.settings(settings), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"log_file\":\"/tmp/\\\"x\\\"\",\"log_info\":true,\"log_warning\":false,\"log_error\":true,"
                                + "\"log_verbose_level\":7,\"log_format\":\"ISO8601\"}");
    }

    private static LogChange change(String body) {
        return LogRequests.change(body.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertFails(String body, ErrorCode code, String text) {
        assertThatThrownBy(() -> change(body))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessage(text);
    }
}
