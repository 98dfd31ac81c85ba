package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Runs the Python programs of the tests with the clients that users have, one after the other in one process, because importing
 * the clients takes longer than most programs. Not thread-safe.
 */
final class PythonPrograms {
    private static final Path SCRIPTS = Path.of("src/test/python");
    /** The clients take minutes to install, so that runs may share them. */
    private static final Path VENV =
            Path.of(Objects.requireNonNullElse(System.getenv("LONGSHORE_TEST_PYTHON"), "target/python"));

    private static final String ENDED_WELL = "== ended well";
    private static final String FAILED = "== failed";

    private final Process process;
    private final BufferedReader output;

    private PythonPrograms(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts the process that runs programs. */
    static PythonPrograms start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        VENV.resolve("bin/python").toString(),
                        SCRIPTS.resolve("programs.py").toString())
                .redirectErrorStream(true);
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        return new PythonPrograms(builder.start());
    }

    /** Runs a program over a wire, {@code http} or {@code grpc}; fails the test where it fails. */
    void run(String program, String wire, LongshoreServer server, Path repository) throws IOException {
        run(program, wire, "127.0.0.1:" + server.port(), "127.0.0.1:" + server.grpcPort(), repository.toString());
    }

    /** Runs a program; fails the test with what it printed where it fails. */
    void run(String program, String... arguments) throws IOException {
        String call = program + "\t" + String.join("\t", arguments) + "\n";
        process.getOutputStream().write(call.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        List<String> printed = new ArrayList<>();
        String line = output.readLine();
        while (line != null && !line.equals(ENDED_WELL) && !line.equals(FAILED)) {
            printed.add(line);
            line = output.readLine();
        }
        assertThat(line)
                .as(() -> program + " " + List.of(arguments) + " printed:\n" + String.join("\n", printed))
                .isEqualTo(ENDED_WELL);
    }

    /** Ends the process. */
    void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /** Installs the clients where they are not there; skips the tests, and says so, without Python. */
    static void assumeClients() throws IOException, InterruptedException {
        assumeTrue(canMakeEnvironment(), "no python3 with venv here: the Python clients are not tried");
    }

    /** Runs a program in a process of its own; fails the test where it fails. */
    static void runAlone(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(VENV.resolve("bin/python").toString());
        command.add(SCRIPTS.resolve(script).toString());
        command.addAll(List.of(arguments));
        runCommand(command.toArray(String[]::new));
    }

    private static boolean canMakeEnvironment() throws IOException, InterruptedException {
        Path ready = VENV.resolve("ready");
        String wanted = Files.readString(SCRIPTS.resolve("requirements.txt"));
        if (Files.exists(ready) && Files.readString(ready).equals(wanted)) {
            return true;
        }
        if (exitCode("python3", "-m", "venv", VENV.toString()) != 0) {
            return false;
        }
        runCommand(
                VENV.resolve("bin/pip").toString(),
                "install",
                "-q",
                "-r",
                SCRIPTS.resolve("requirements.txt").toString());
        Files.writeString(ready, wanted);
        return true;
    }

    private static void runCommand(String... command) throws IOException, InterruptedException {
        assertThat(exitCode(command)).as(String.join(" ", command)).isZero();
    }

    private static int exitCode(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            // There is no such program.
            return 127;
        }
    }
}
