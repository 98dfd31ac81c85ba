package io.longshore.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program for each extension of the protocol, over both wires, with Triton's Python clients. Skipped, and said so, without
 * Python.
 */
class PythonClientsIT {
    private static final String BOTH = "http grpc";

    /** The programs, in alphabetical order, and the wires that each is for. */
    private static final List<String[]> PROGRAMS = List.of(
            new String[] {"asyncio_clients", BOTH},
            new String[] {"binary_tensor_data", BOTH},
            new String[] {"classification", BOTH},
            new String[] {"compression", BOTH},
            new String[] {"cuda_shared_memory", BOTH},
            new String[] {"generate", "http"},
            new String[] {"health_metadata", BOTH},
            new String[] {"infer", BOTH},
            new String[] {"inference_statistics", BOTH},
            new String[] {"logging_settings", BOTH},
            new String[] {"model_configuration", BOTH},
            new String[] {"model_repository", BOTH},
            new String[] {"parameters", BOTH},
            new String[] {"schedule_policy", BOTH},
            new String[] {"sequence", BOTH},
            new String[] {"streams", BOTH},
            new String[] {"system_shared_memory", BOTH},
            new String[] {"trace_settings", BOTH});

    @TempDir
    private static Path folder;

    private static TestRepository repository;
    private static LongshoreServer server;
    private static PythonPrograms programs;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        PythonPrograms.assumeClients();
        repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        ClientModels.write(repository);
        programs = PythonPrograms.start();
        server = LongshoreServer.start(
                repository.path(),
                "--model-control-mode=explicit",
                "--load-model=*",
                "--allow-model-upload=true",
                "--allow-client-shm=true",
                "--trace-config=triton,file=" + folder.resolve("trace.json"),
                "--http-header-forward-pattern=^(forward-|triton_)",
                "--grpc-header-forward-pattern=^(forward-|triton_)",
                "--grpc-infer-response-compression-level=low");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (programs != null) {
            programs.close();
        }
        if (server != null) {
            server.close();
        }
    }

    static Stream<Arguments> programsAndWires() {
        return PROGRAMS.stream()
                .flatMap(program -> Stream.of(program[1].split(" ")).map(wire -> Arguments.of(program[0], wire)));
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("programsAndWires")
    void extension_isServedAsItsClientsExpect(String program, String wire) throws IOException {
        programs.run(program, wire, server, repository.path());
    }
}
