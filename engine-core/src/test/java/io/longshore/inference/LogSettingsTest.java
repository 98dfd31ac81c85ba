package io.longshore.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogSettingsTest {
    private static final LogSettings JSON = new LogSettings("", true, true, true, 0, LogFormat.JSON);

    @Test
    void noChange_changesNothing() {
        LogSettings settings = new LogSettings("/x", false, true, false, 3, LogFormat.ISO8601);
        assertThat(settings.with(LogChange.NONE)).isEqualTo(settings);
    }

    @Test
    void everythingButTheFile_changes() {
        LogChange change = LogChange.NONE
                .withInfo(false)
                .withWarning(false)
                .withError(false)
                .withVerboseLevel(2)
                .withFormat(LogFormat.ISO8601);
        assertThat(new LogSettings("/x", true, true, true, 0, LogFormat.DEFAULT).with(change))
                .isEqualTo(new LogSettings("/x", false, false, false, 2, LogFormat.ISO8601));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, -1L, Long.MIN_VALUE})
    void verboseLevelOutOfRange_isInvalidAndToldUnsigned(long level) {
        assertThatThrownBy(() -> LogSettings.DEFAULT.with(LogChange.NONE.withVerboseLevel(level)))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining(Long.toUnsignedString(level));
    }

    @Test
    void json_isNeitherChosenNorLeft() {
        assertUnsupported(LogSettings.DEFAULT, LogFormat.JSON);
        assertUnsupported(JSON, LogFormat.DEFAULT);
        assertUnsupported(JSON, LogFormat.ISO8601);
        assertThat(JSON.with(LogChange.NONE.withFormat(LogFormat.JSON).withInfo(false))
                        .info())
                .isFalse();
    }

    @Test
    void formats_areFoundByTheirWords() {
        for (LogFormat format : LogFormat.values()) {
            assertThat(LogFormat.ofWord(format.word())).contains(format);
        }
        assertThat(LogFormat.ofWord("iso8601")).isEmpty();
    }

    private static void assertUnsupported(LogSettings settings, LogFormat format) {
        assertThatThrownBy(() -> settings.with(LogChange.NONE.withFormat(format)))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("--log-format");
    }
}
