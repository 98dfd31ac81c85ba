package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServeOptionsTest {
    @Test
    void names_areUnique() {
        assertThat(ServeOptions.all().stream().map(ServeOption::name)).doesNotHaveDuplicates();
    }

    @Test
    void keys_belongToOneOptionButForOldNames() {
        assertThat(ServeOptions.all().stream()
                        .filter(option -> !option.description().startsWith("Old"))
                        .filter(ServeOption::hasEffect)
                        .map(ServeOption::key))
                .doesNotHaveDuplicates()
                .allMatch(key -> key.startsWith("longshore."));
    }

    @Test
    void defaults_areAcceptedByTheirOwnOption() {
        assertThat(ServeOptions.all())
                .filteredOn(option -> option.defaultText().matches("[0-9]+|true|false"))
                .allSatisfy(option -> assertThat(option.kind().normal().of(option.defaultText()))
                        .as(option.flag())
                        .endsWith(option.defaultText()));
    }

    @Test
    void launcherPage_listsEveryOptionWithItsEffect() throws IOException {
        List<String> page = Files.readAllLines(Path.of("..", "docs", "launcher.md"));
        String rows = page.stream().filter(line -> line.startsWith("| `--")).collect(Collectors.joining("\n"));
        assertThat(rows)
                .isEqualTo(
                        ServeOptions.all().stream().map(ServeOptionsTest::row).collect(Collectors.joining("\n")));
    }

    private static String row(ServeOption option) {
        String effect = option.hasEffect() ? "`" + option.key() + "`" : "no effect yet";
        String text = option.defaultText().isEmpty() ? "" : "`" + option.defaultText() + "`";
        return "| `" + option.flag() + "` | " + text + " | " + effect + " | " + option.description() + " |";
    }
}
