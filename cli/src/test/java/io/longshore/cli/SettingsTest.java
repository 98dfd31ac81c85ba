package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static final String PORT = "longshore.http.port";

    @Test
    void commandLine_winsOverEnvironmentAndFile() throws UsageException {
        Settings settings =
                Settings.resolve(Map.of(PORT, "1"), Map.of("LONGSHORE_HTTP_PORT", "2"), file(Map.of(PORT, "3")));
        assertThat(settings.value(PORT)).contains("1");
    }

    @Test
    void environment_winsOverFile() throws UsageException {
        Settings settings = Settings.resolve(Map.of(), Map.of("LONGSHORE_HTTP_PORT", "2"), file(Map.of(PORT, "3")));
        assertThat(settings.value(PORT)).contains("2");
    }

    @Test
    void file_winsOverDefault() throws UsageException {
        assertThat(Settings.resolve(Map.of(), Map.of(), file(Map.of(PORT, "3"))).value(PORT))
                .contains("3");
    }

    @Test
    void unsetKey_isLeftToTheServer() throws UsageException {
        assertThat(Settings.resolve(Map.of(), Map.of(), ConfigFile.none()).asMap())
                .isEmpty();
    }

    @Test
    void keyWithoutOption_isLeftToTheServer() throws UsageException {
        assertThat(Settings.resolve(Map.of(), Map.of(), file(Map.of("longshore.server-id", "a")))
                        .asMap())
                .isEmpty();
    }

    @Test
    void listInEnvironment_isCheckedPartByPart() throws UsageException {
        Map<String, String> environment = Map.of("LONGSHORE_MODEL_REPOSITORY", "/tmp, /");
        assertThat(Settings.resolve(Map.of(), environment, ConfigFile.none()).value("longshore.model-repository"))
                .contains("/tmp,/");
    }

    @Test
    void problemsOfEnvironmentAndFile_nameTheirSource() {
        UsageException problem = catchThrowableOfType(
                UsageException.class,
                () -> Settings.resolve(
                        Map.of(),
                        Map.of("LONGSHORE_HTTP_PORT", "x"),
                        file(Map.of("longshore.strict-readiness", "perhaps"))));
        assertThat(problem.problems())
                .containsExactlyInAnyOrder(
                        "LONGSHORE_HTTP_PORT=x: expected a port number from 1 to 65535",
                        "longshore.strict-readiness in file.properties=perhaps: expected true or false");
    }

    private static ConfigFile file(Map<String, String> values) {
        return new ConfigFile("file.properties", values);
    }
}
