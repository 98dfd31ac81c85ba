package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo, as served by default, called by Triton's own Python client. Skipped, and said so, where there is no Python. */
class TritonClientIT {
    private static final Path SCRIPTS = Path.of("src/test/python");
    private static final Path VENV = Path.of("target/python");
    private static final Path DEMO = Path.of(System.getProperty("longshore.home"), "models");

    @Test
    void demoModels_tritonClientReadsMetadataAndInfersAsOnnxruntimeDoes() throws Exception {
        assumeTrue(canMakeEnvironment(), "no python3 with venv here: Triton's client is not tried");
        try (LongshoreServer server = LongshoreServer.startWith(List.of())) {
            String url = "127.0.0.1:" + server.port();
            run(
                    VENV.resolve("bin/python").toString(),
                    SCRIPTS.resolve("triton_http.py").toString(),
                    url,
                    DEMO.toString());
        }
    }

    private static boolean canMakeEnvironment() throws IOException, InterruptedException {
        if (Files.exists(VENV.resolve("ready"))) {
            return true;
        }
        if (exitCode("python3", "-m", "venv", VENV.toString()) != 0) {
            return false;
        }
        run(
                VENV.resolve("bin/pip").toString(),
                "install",
                "-q",
                "-r",
                SCRIPTS.resolve("requirements.txt").toString());
        Files.createFile(VENV.resolve("ready"));
        return true;
    }

    private static void run(String... command) throws IOException, InterruptedException {
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
