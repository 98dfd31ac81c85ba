package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longshore.TestIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo over TLS, called by grpcurl, which knows nothing but reflection. Skipped, and said so, without Go. */
class GrpcurlIT {
    private static final String MODULE = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3";
    private static final Path BIN = Path.of("target", "go").toAbsolutePath();

    @TempDir
    static Path folder;

    private static LongshoreServer server;

    /** What a program has printed, and how it ended. */
    private record Outcome(int exitCode, String output) {}

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(isInstalled(), "no Go here, or its modules are out of reach: grpcurl is not tried");
        TestIdentity identity = TestIdentity.make(folder, "EC", "localhost");
        server = LongshoreServer.startWith(List.of(
                "--grpc-use-ssl",
                "--grpc-server-cert=" + identity.writeCertificate(folder.resolve("server.crt")),
                "--grpc-server-key=" + identity.writeKey(folder.resolve("server.key"))));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void list_namesTheServices() throws Exception {
        assertThat(grpcurl(List.of(), "list").lines())
                .contains(
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection",
                        "inference.GRPCInferenceService");
    }

    @Test
    void describe_showsMethodsAndMessages() throws Exception {
        assertThat(grpcurl(List.of(), "describe", "inference.GRPCInferenceService"))
                .contains("rpc ModelInfer (", "rpc ModelStreamInfer ( stream");
        assertThat(grpcurl(List.of(), "describe", "inference.ModelInferRequest"))
                .contains("repeated bytes raw_input_contents");
    }

    @Test
    void serverReady_isTrue() throws Exception {
        assertThat(grpcurl(List.of(), "inference.GRPCInferenceService/ServerReady"))
                .contains("\"ready\": true");
    }

    @Test
    void health_isServing() throws Exception {
        assertThat(grpcurl(List.of(), "grpc.health.v1.Health/Check")).contains("\"status\": \"SERVING\"");
        assertThat(grpcurl(List.of("-d", "{\"service\":\"simple\"}"), "grpc.health.v1.Health/Check"))
                .contains("\"status\": \"SERVING\"");
    }

    @Test
    void watch_tellsTheStatusUntilTheClientGoes() throws Exception {
        Outcome watched = run(command(List.of("-max-time", "5"), "grpc.health.v1.Health/Watch"));

        assertThat(watched.output()).contains("\"status\": \"SERVING\"").contains("DeadlineExceeded");
    }

    @Test
    void modelInfer_takesJson() throws Exception {
        String request = """
                {"model_name": "simple", "id": "7", "inputs": [
                 {"name": "INPUT0", "datatype": "INT32", "shape": [1, 16], "contents": {"int_contents": [%1$s]}},
                 {"name": "INPUT1", "datatype": "INT32", "shape": [1, 16], "contents": {"int_contents": [%1$s]}}]}
                """.formatted("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16");

        assertThat(grpcurl(List.of("-d", request), "inference.GRPCInferenceService/ModelInfer"))
                .contains("\"model_name\": \"simple\"", "\"id\": \"7\"")
                .as("2, 4, 6 as INT32")
                .contains("AgAAAAQAAAAG");
    }

    @Test
    void serverWithoutTrust_isRefusedByTheClient() throws Exception {
        Outcome refused = run(List.of(BIN.resolve("grpcurl").toString(), "localhost:" + server.grpcPort(), "list"));

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains("certificate");
    }

    private static String grpcurl(List<String> options, String... call) throws Exception {
        Outcome outcome = run(command(options, call));
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.output();
    }

    private static List<String> command(List<String> options, String... call) {
        List<String> command = new ArrayList<>(List.of(
                BIN.resolve("grpcurl").toString(),
                "-cacert",
                folder.resolve("server.crt").toString()));
        command.addAll(options);
        command.add("localhost:" + server.grpcPort());
        command.addAll(List.of(call));
        return command;
    }

    private static boolean isInstalled() throws Exception {
        if (Files.isExecutable(BIN.resolve("grpcurl"))) {
            return true;
        }
        Files.createDirectories(BIN);
        Outcome installed = run(List.of("go", "install", MODULE));
        System.out.println("go install " + MODULE + ": exit code " + installed.exitCode() + " " + installed.output());
        return installed.exitCode() == 0;
    }

    private static Outcome run(List<String> command) throws InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("GOBIN", BIN.toString());
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            // There is no such program.
            return new Outcome(127, e.toString());
        }
    }
}
