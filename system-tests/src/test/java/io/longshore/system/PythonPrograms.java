package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Runs the Python programs of the tests with the clients that users have. */
final class PythonPrograms {
    private static final Path SCRIPTS = Path.of("src/test/python");
    /** The clients take minutes to install, so that runs may share them. */
    private static final Path VENV =
            Path.of(Objects.requireNonNullElse(System.getenv("LONGSHORE_TEST_PYTHON"), "target/python"));

    private PythonPrograms() {}

    /** Installs the clients where they are not there; skips the tests, and says so, without Python. */
    static void assumeClients() throws IOException, InterruptedException {
        assumeTrue(canMakeEnvironment(), "no python3 with venv here: the Python clients are not tried");
    }

    /** Runs a program; fails the test where it fails. */
    static void run(String script, String... arguments) throws IOException, InterruptedException {
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
