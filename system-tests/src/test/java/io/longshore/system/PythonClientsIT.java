package io.longshore.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, as served by default, called by the Python clients that its users have. Skipped, and said so, without Python. */
class PythonClientsIT {
    private static final Path DEMO = Path.of(System.getProperty("longshore.home"), "models");

    private static LongshoreServer server;

    @BeforeAll
    static void start() throws Exception {
        PythonPrograms.assumeClients();
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
        PythonPrograms.run("triton_http.py", url(), DEMO.toString());
    }

    @Test
    void demoModels_kserveClientInfers() throws Exception {
        PythonPrograms.run("kserve_rest.py", url());
    }

    @Test
    void demoModels_tritonClientInfersAndStreamsOverGrpc() throws Exception {
        PythonPrograms.run("triton_grpc.py", grpcUrl(), DEMO.toString());
    }

    @Test
    void demoModels_kserveClientInfersOverGrpc() throws Exception {
        PythonPrograms.run("kserve_grpc.py", grpcUrl());
    }

    @Test
    void repositoryControl_tritonClientsLoadOtherConfigurationsAndFiles(@TempDir Path folder) throws Exception {
        TestRepository repository =
                new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("simple");
        try (LongshoreServer explicit = LongshoreServer.start(
                repository.path(), "--model-control-mode=explicit", "--allow-model-upload=true")) {
            PythonPrograms.run(
                    "repository_control.py",
                    "127.0.0.1:" + explicit.port(),
                    "127.0.0.1:" + explicit.grpcPort(),
                    repository.path().toString());
        }
    }

    private static String url() {
        return "127.0.0.1:" + server.port();
    }

    private static String grpcUrl() {
        return "127.0.0.1:" + server.grpcPort();
    }
}
