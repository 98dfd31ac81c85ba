package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void version_isTheOneOfTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(printed(out)).matches("longshore \\d+\\.\\d+\\.\\d+\\S*\\s+");
    }

    @Test
    void help_isPrintedToStandardOutput() {
        assertThat(run("--help")).isZero();
        assertThat(printed(out)).startsWith("Usage: longshore <command>");
        assertThat(printed(err)).isEmpty();
    }

    @Test
    void noCommand_printsTheHelp() {
        assertThat(run()).isZero();
        assertThat(printed(out)).startsWith("Usage:");
    }

    @Test
    void serveHelp_isTheGoldenText() throws IOException {
        assertThat(run("serve", "--help")).isZero();
        assertThat(printed(out)).isEqualTo(golden());
    }

    @Test
    void unknownCommand_isAUsageError() {
        assertThat(run("sreve")).isEqualTo(Main.USAGE);
        assertThat(printed(err)).contains("unknown command sreve").contains("longshore --help");
    }

    @Test
    void faultyOptions_areAUsageErrorWithALineEach() {
        assertThat(run("serve", "--http-port=x", "--exit-timeout-secs=y")).isEqualTo(Main.USAGE);
        assertThat(printed(err).lines()).hasSize(2).allMatch(line -> line.startsWith("longshore: --"));
        assertThat(printed(out)).isEmpty();
    }

    @Test
    void prepareWithOptions_isAUsageError() {
        assertThat(run("prepare", "--http-port=1")).isEqualTo(Main.USAGE);
    }

    private int run(String... arguments) {
        return new Main(Map.of(), stream(out), stream(err)).run(List.of(arguments));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String printed(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String golden() {
        try {
            return Files.readString(Path.of("src/test/resources/io/longshore/cli/serve-help.txt"));
        } catch (IOException absent) {
            throw new UncheckedIOException(absent);
        }
    }
}
