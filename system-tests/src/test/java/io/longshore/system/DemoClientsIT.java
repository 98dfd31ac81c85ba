package io.longshore.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo, as served by default, called by the Python clients that its users have. Skipped, and said so, without Python. */
class DemoClientsIT {
    private static final Path DEMO = Path.of(System.getProperty("longshore.home"), "models");

    private static LongshoreServer server;
    private static PythonPrograms programs;
    /** By itself: KServe's client and Triton's bring messages of the same names. */
    private static PythonPrograms kservePrograms;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        PythonPrograms.assumeClients();
        programs = PythonPrograms.start();
        kservePrograms = PythonPrograms.start();
        server = LongshoreServer.startWith(List.of());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        for (PythonPrograms started : new PythonPrograms[] {programs, kservePrograms}) {
            if (started != null) {
                started.close();
            }
        }
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void demoModels_tritonClientsInferAsOnnxruntimeDoes(String wire) throws IOException {
        programs.run("demo", wire, server, DEMO);
    }

    @Test
    void demoModels_kserveClientInfers() throws IOException {
        kservePrograms.run("kserve_rest", "127.0.0.1:" + server.port());
    }

    @Test
    void demoModels_kserveClientInfersOverGrpc() throws IOException {
        kservePrograms.run("kserve_grpc", "127.0.0.1:" + server.grpcPort());
    }
}
