package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo, as served by default, called by the Python clients that its users have. Skipped, and said so, without Python. */
class PythonClientsIT {
    private static final Path SCRIPTS = Path.of("src/test/python");
    /** The clients take minutes to install, so that runs may share them. */
    private static final Path VENV =
            Path.of(Objects.requireNonNullElse(System.getenv("LONGSHORE_TEST_PYTHON"), "target/python"));

    private static final Path DEMO = Path.of(System.getProperty("longshore.home"), "models");

    private static LongshoreServer server;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(canMakeEnvironment(), "no python3 with venv here: the Python clients are not tried");
        server = LongshoreServer.startWith(List.of());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void demoModels_tritonClientReadsMetadataAndInfersAsOnnxruntimeDoes() throws Exception {
        python("triton_http.py", url(), DEMO.toString());
    }

    @Test
    void demoModels_kserveClientInfers() throws Exception {
        python("kserve_rest.py", url());
    }

    @Test
    void demoModels_tritonClientInfersAndStreamsOverGrpc() throws Exception {
        python("triton_grpc.py", grpcUrl(), DEMO.toString());
    }

    @Test
    void demoModels_kserveClientInfersOverGrpc() throws Exception {
        python("kserve_grpc.py", grpcUrl());
    }

    private static String url() {
        return "127.0.0.1:" + server.port();
    }

    private static String grpcUrl() {
        return "127.0.0.1:" + server.grpcPort();
    }

    private static void python(String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(VENV.resolve("bin/python").toString());
        command.add(SCRIPTS.resolve(script).toString());
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
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
        run(
                VENV.resolve("bin/pip").toString(),
                "install",
                "-q",
                "-r",
                SCRIPTS.resolve("requirements.txt").toString());
        Files.writeString(ready, wanted);
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
