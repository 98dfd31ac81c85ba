package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "longshore.model-repository            | /no/such/folder | 'existing folders or model files, separated by commas'",
                "longshore.model-name                  | a/b       | a name without / and \\",
                "longshore.model-control-mode          | manual    | none, poll or explicit",
                "longshore.load-model                  | a,*       | model names, separated by commas, or * alone",
                "longshore.repository-poll-secs        | 0         | a number of seconds from 1 to 2147483647",
                "longshore.model-load-thread-count     | 1025      | an integer from 1 to 1024",
                "longshore.disable-auto-complete-config| yes       | true or false",
                "longshore.model-config-name           | ../secret | a file name without folder and ending",
                "longshore.request-memory-limit        | 4g        | a number of bytes from 1 to 9223372036854775807",
                "longshore.rate-limit                  | on        | off or execution_count",
                "longshore.rate-limit-resource         | R1:x      | entries 'name:count' or 'name:count:device', separated by commas",
                "longshore.stuck-after-seconds         | -1        | a number of seconds from 0 to 2147483647",
                "longshore.max-queue-size              | 2147483648| an integer from 1 to 2147483647",
                "longshore.execution-threads           | -1        | an integer from 1 to 65536",
                "longshore.strict-readiness            | on        | true or false",
                "longshore.drain-grace-secs            | 1.5       | a number of seconds from 0 to 2147483647",
                "longshore.exit-timeout-secs           | -1        | a number of seconds from 0 to 2147483647",
                "longshore.exit-on-error               | 2         | true or false",
                "longshore.exit-on-invalid-config      | no        | true or false",
                "longshore.http.port                   | 65536     | an integer from 1 to 65535",
                "longshore.http.max-input-size         | 0         | a number of bytes from 1 to 9223372036854775807",
                "longshore.log-format                  | xml       | text, ISO8601 or json",
                "longshore.log-info                    | maybe     | true or false",
                "longshore.log-file                    | /not/there/log | a file that can be written to",
                "longshore.log-verbose                 | many      | an integer from 0 to 2147483647",
                "longshore.config-file                 | /no/such  | a readable properties file in UTF-8",
            })
    void badValue_saysKeyValueOriginAndWhatIsExpected(String key, String value, String expected) {
        InvalidConfigException failure = failureOf(Map.of(key, value));

        assertThat(failure.problems())
                .first()
                .asString()
                .startsWith(key + ": '" + value + "' from the test is invalid")
                .contains("; expected " + expected + "; default: ");
    }

    @Test
    void badValue_namesTheDefault() {
        InvalidConfigException failure = failureOf(Map.of("longshore.max-queue-size", "none"));

        assertThat(failure.problems())
                .containsExactly("longshore.max-queue-size: 'none' from the test is invalid; expected an integer from 1"
                        + " to 2147483647; default: '8192'");
    }

    @Test
    void severalBadValues_allReportedAtOnce() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("longshore.http.port", "x");
        texts.put("longshore.log-format", "x");
        texts.put("longshore.load-model", "simple");

        InvalidConfigException failure = failureOf(texts);

        assertThat(failure.problems()).hasSize(3);
        assertThat(String.join(" ", failure.problems())).contains("http.port", "log-format", "load-model");
        assertThat(failure).hasMessageContaining("invalid settings: 3");
    }

    @Test
    void patternThatIsNone_saysWhyAndWhatWasExpected() {
        InvalidConfigException failure = failureOf(Map.of("longshore.http.header-forward-pattern", "x-("));

        assertThat(failure.problems())
                .singleElement()
                .asString()
                .contains("'x-('", "missing closing )", "expected a regular expression of RE2");
    }

    @Test
    void loadModelOutsideExplicitMode_saysWhatToSet() {
        InvalidConfigException failure = failureOf(Map.of("longshore.load-model", "simple"));

        assertThat(failure.problems())
                .containsExactly("longshore.load-model: has no effect unless longshore.model-control-mode is"
                        + " 'explicit'; set that, or leave this out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"onnxruntime,hunter2", ",setting=hunter2", "onnxruntime,=hunter2", "=hunter2", "a=1;hunter2"})
    void badBackendConfig_keepsTheValueSecret(String text) {
        InvalidConfigException failure = failureOf(Map.of("longshore.backend-config", text));

        assertThat(failure.problems()).hasSize(1);
        assertThat(failure.problems().get(0)).contains("the value (not shown)").doesNotContain("hunter2");
    }

    @Test
    void backendSettings_doNotPrintTheirValues() {
        LongshoreConfig config = MapValues.reader(Map.of("longshore.backend-config", "python,token=hunter2"))
                .read();

        assertThat(config.toString()).contains("token").doesNotContain("hunter2");
    }

    @Test
    void backendSettings_ownOnesWinOverThoseForAll() {
        LongshoreConfig config = MapValues.reader(Map.of("longshore.backend-config", "t=1;u=1;onnxruntime,t=2"))
                .read();

        assertThat(config.backends().of("onnxruntime")).isEqualTo(Map.of("t", "2", "u", "1"));
        assertThat(config.backends().of("java")).isEqualTo(Map.of("t", "1", "u", "1"));
    }

    @Test
    void emptyValue_isTheDefault() {
        LongshoreConfig config =
                MapValues.reader(Map.of("longshore.http.port", "  ")).read();

        assertThat(config.http().port()).isEqualTo(8000);
    }

    @Test
    void configFileThatIsNotUtf8_isAProblem(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("f.properties"), "a=\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        InvalidConfigException failure = failureOf(Map.of("longshore.config-file", file.toString()));

        assertThat(failure.problems()).hasSize(1).first().asString().contains("it cannot be read");
    }

    @Test
    void exitOnInvalidConfig_isKnownAlthoughOtherSettingsAreInvalid() {
        ConfigReader reader =
                MapValues.reader(Map.of("longshore.exit-on-invalid-config", "true", "longshore.http.port", "x"));

        assertThat(reader.exitsOnInvalidConfig()).isTrue();
        assertThat(MapValues.reader(Map.of("longshore.exit-on-invalid-config", "x"))
                        .exitsOnInvalidConfig())
                .isFalse();
    }

    @Test
    void machineMemory_isThatOfThisMachine() {
        assertThat(MachineMemory.totalBytes())
                .isGreaterThan(Runtime.getRuntime().maxMemory() / 2);
    }

    private static InvalidConfigException failureOf(Map<String, String> texts) {
        return catchThrowableOfType(
                InvalidConfigException.class, () -> MapValues.reader(texts).read());
    }
}
