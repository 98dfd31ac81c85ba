package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The start script with a shell script in place of Java, in an installation whose path holds a space. */
@DisabledOnOs(OS.WINDOWS)
class LauncherScriptTest {
    private static final Path SCRIPT = Path.of("..", "liberty", "src", "main", "dist", "bin", "longshore");

    /** Prints what it got and says "started", then ends with STUB_STATUS or when told to. */
    private static final String STUB = """
            #!/bin/sh
            for argument in "$@"; do echo "arg $argument"; done
            echo "telemetry ${ORT_DISABLE_TELEMETRY:-unset}"
            echo "output ${WLP_OUTPUT_DIR:-unset}"
            if [ -n "${STUB_ON_TERM:-}" ]; then
              trap 'echo terminated; exit $STUB_ON_TERM' TERM
              echo started
              while :; do sleep 0.05; done
            fi
            echo started
            exit "${STUB_STATUS:-0}"
            """;

    /**
     * A shell cannot trap what was ignored when it started, and nohup and background jobs ignore signals for all that they
     * start. GNU's env undoes that; elsewhere the tests have to be run in the foreground.
     */
    private static final List<String> WITH_DEFAULT_SIGNALS = withDefaultSignals();

    @TempDir
    private Path folder;

    private Path home;
    private Path javaHome;
    private @Nullable Process process;

    @BeforeEach
    void install() throws IOException {
        home = folder.resolve("a home");
        javaHome = folder.resolve("jdk");
        executable(javaHome.resolve("bin/java"), STUB);
        write(javaHome.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"17.0.9\"\n");
        executable(home.resolve("bin/longshore"), Files.readString(SCRIPT));
        write(home.resolve("lib/build-id"), "1\n");
        write(home.resolve("warm/workarea/platform/cache"), "warm");
        write(
                home.resolve("wlp/lib/platform/java/java9.options"),
                "# comment\n--add-opens\njava.base/java.util=ALL-UNNAMED\n");
        write(home.resolve("wlp/lib/platform/java/java24.options"), "--add-opens\njava.base/java.io=ALL-UNNAMED\n");
        write(home.resolve("wlp/usr/servers/longshore/jvm.options"), "# comment\n\n-Xmx1g\n");
        write(home.resolve("wlp/usr/servers/longshore/server.env"), "# comment\nORT_DISABLE_TELEMETRY=1\n");
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void options_reachJavaUnchanged() throws Exception {
        List<String> output = finished(0, Map.of(), "serve", "--id=two words", "--model-repository", "/a b");
        assertThat(output)
                .containsSubsequence(
                        "arg --add-opens",
                        "arg java.base/java.util=ALL-UNNAMED",
                        "arg -Xmx1g",
                        "arg io.longshore.cli.Main",
                        "arg serve",
                        "arg --id=two words",
                        "arg --model-repository",
                        "arg /a b")
                .contains("arg -Dio.longshore.cli.home=" + home.toRealPath(), "telemetry 1")
                .anyMatch(line -> line.matches("arg -XX:MaxDirectMemorySize=[1-9][0-9]+"));
    }

    @Test
    void environment_winsOverServerEnv() throws Exception {
        assertThat(finished(0, Map.of("ORT_DISABLE_TELEMETRY", "0"), "serve")).contains("telemetry 0");
    }

    @Test
    void furtherJvmOptions_comeAfterOurs() throws Exception {
        assertThat(finished(0, Map.of("LONGSHORE_JVM_OPTS", "-Xmx2g -Xms1g"), "serve"))
                .containsSubsequence("arg -Xmx1g", "arg -Xmx2g", "arg -Xms1g");
    }

    @Test
    void newJava_getsItsOwnOptions() throws Exception {
        write(javaHome.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        assertThat(finished(0, Map.of(), "serve"))
                .contains("arg java.base/java.io=ALL-UNNAMED", "arg --enable-native-access=ALL-UNNAMED")
                .doesNotContain("arg java.base/java.util=ALL-UNNAMED");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 137, 143})
    void exitStatus_isTheServers(int status) throws Exception {
        finished(status, Map.of("STUB_STATUS", Integer.toString(status)), "serve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void signal_isPassedOnAsTermAndTheServersStatusReturned(String signal) throws Exception {
        try (BufferedReader output = started(Map.of("STUB_ON_TERM", "0"))) {
            signal(signal);
            assertThat(output.lines()).contains("terminated");
        }
        assertThat(status()).isZero();
    }

    @Test
    void drainThatTimesOut_isNotZero() throws Exception {
        try (BufferedReader output = started(Map.of("STUB_ON_TERM", "1"))) {
            signal("TERM");
            assertThat(output.lines()).contains("terminated");
        }
        assertThat(status()).isEqualTo(1);
    }

    @Test
    void killedServer_isNotZero() throws Exception {
        try (BufferedReader output = started(Map.of("STUB_ON_TERM", "0"))) {
            process().children().forEach(ProcessHandle::destroyForcibly);
            assertThat(output.lines()).doesNotContain("terminated");
        }
        assertThat(status()).isEqualTo(137);
    }

    @Test
    void symbolicLink_leadsToTheInstallation() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a home/bin/longshore"));
        assertThat(finished(0, Map.of(), link, "serve")).contains("output " + home.toRealPath() + "/var");
    }

    @Test
    void firstStart_beginsWithTheShippedCaches() throws Exception {
        finished(0, Map.of(), "serve");
        assertThat(home.resolve("var/longshore/workarea/platform/cache")).hasContent("warm");
    }

    @Test
    void cachesOfAnotherBuild_areReplaced() throws Exception {
        finished(0, Map.of(), "serve");
        Path stale = write(home.resolve("var/longshore/workarea/platform/stale"), "old");
        write(home.resolve("lib/build-id"), "2\n");
        finished(0, Map.of(), "serve");
        assertThat(stale).doesNotExist();
        assertThat(home.resolve("var/longshore/workarea/platform/cache")).exists();
    }

    @Test
    void stateFolder_isUsedAndKept() throws Exception {
        Path state = folder.resolve("my state");
        assertThat(finished(0, Map.of("LONGSHORE_STATE_DIR", state.toString()), "serve"))
                .contains("output " + state.toRealPath());
        assertThat(state.resolve("longshore/logs")).isDirectory();
    }

    @Test
    void unusableStateFolder_isRefused() throws Exception {
        Path file = write(folder.resolve("file"), "");
        assertThat(finished(1, Map.of("LONGSHORE_STATE_DIR", file.toString()), "serve"))
                .contains("longshore: LONGSHORE_STATE_DIR is " + file + ", which cannot be written to");
    }

    @Test
    void readOnlyInstallation_writesToATemporaryFolderAndRemovesIt() throws Exception {
        write(home.resolve("var"), "a file where the folder should be");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        assertThat(finished(0, Map.of("TMPDIR", temporary.toString()), "serve"))
                .anyMatch(line -> line.startsWith("output " + temporary + "/longshore."));
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void secondServer_hasAStateOfItsOwn() throws Exception {
        try (BufferedReader first = started(Map.of("STUB_ON_TERM", "0"))) {
            Process running = process();
            assertThat(finished(0, Map.of(), "serve"))
                    .noneMatch(line -> line.equals("output " + home.resolve("var")))
                    .anyMatch(line -> line.contains("longshore."));
            process = running;
            signal("TERM");
            assertThat(first.lines()).contains("terminated");
        }
        assertThat(status()).isZero();
    }

    @Test
    void oldJava_isRefused() throws Exception {
        write(javaHome.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        assertThat(finished(1, Map.of(), "serve"))
                .contains("longshore: " + javaHome + "/bin/java is version 11.0.2; expected 17 or newer");
    }

    @Test
    void absentJava_isRefused() throws Exception {
        assertThat(finished(1, Map.of("JAVA_HOME", "/not/there"), "serve"))
                .anyMatch(
                        line -> line.contains("/not/there/bin/java is no program; expected a JDK or JRE 17 or newer"));
    }

    @Test
    void help_startsNoServer() throws Exception {
        assertThat(finished(0, Map.of(), "serve", "--help")).contains("arg serve", "arg --help", "output unset");
        assertThat(home.resolve("var")).doesNotExist();
    }

    private List<String> finished(int status, Map<String, String> environment, String... arguments) throws Exception {
        return finished(status, environment, home.resolve("bin/longshore"), arguments);
    }

    private List<String> finished(int status, Map<String, String> environment, Path script, String... arguments)
            throws Exception {
        start(environment, script, arguments);
        List<String> output;
        try (BufferedReader lines = output()) {
            output = lines.lines().toList();
        }
        assertThat(status()).as(String.join("\n", output)).isEqualTo(status);
        return output;
    }

    /** Starts the server and waits until the stub runs; the rest of its output is still to be read. */
    private BufferedReader started(Map<String, String> environment) throws IOException {
        start(environment, home.resolve("bin/longshore"), "serve");
        BufferedReader output = output();
        String line = output.readLine();
        while (line != null && !line.equals("started")) {
            line = output.readLine();
        }
        assertThat(line).isEqualTo("started");
        return output;
    }

    private void start(Map<String, String> environment, Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(WITH_DEFAULT_SIGNALS);
        command.add(script.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LONGSHORE_") || name.startsWith("WLP_"));
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().putAll(environment);
        process = builder.start();
    }

    private static List<String> withDefaultSignals() {
        List<String> command = List.of("env", "--default-signal=HUP,INT,TERM");
        try {
            List<String> probe =
                    Stream.concat(command.stream(), Stream.of("true")).toList();
            boolean works = new ProcessBuilder(probe).start().waitFor() == 0;
            return works ? command : List.of();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("cannot run env", e);
        }
    }

    private BufferedReader output() {
        return new BufferedReader(new InputStreamReader(process().getInputStream(), StandardCharsets.UTF_8));
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("nothing was started");
        }
        return process;
    }

    private int status() throws InterruptedException {
        assertThat(process().waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process().exitValue();
    }

    private void signal(String name) throws Exception {
        String pid = Long.toString(process().pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid)
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void executable(Path file, String text) throws IOException {
        assertThat(write(file, text).toFile().setExecutable(true)).isTrue();
    }
}
