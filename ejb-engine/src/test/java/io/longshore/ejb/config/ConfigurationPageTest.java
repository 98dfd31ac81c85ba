package io.longshore.ejb.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} against the code. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    /** {@code | `longshore.key` | type | default | meaning |}. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(longshore\\.[^`]+)` \\| ([^|]+) \\| ([^|]+) \\| .+ \\|$");

    @Test
    void page_listsEveryKeyInOrderWithItsDefault() throws IOException {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                defaults.put(row.group(1), row.group(3).strip());
            }
        }

        assertThat(defaults.keySet())
                .containsExactlyElementsOf(
                        Settings.ALL.stream().map(Setting::key).toList());
        for (Setting<?> setting : Settings.ALL) {
            String documented = defaults.get(setting.key());
            if (setting.defaultText().isEmpty()) {
                assertThat(documented).as(setting.key()).doesNotContain("`");
            } else {
                assertThat(documented).as(setting.key()).isEqualTo("`" + setting.defaultText() + "`");
            }
        }
    }
}
