package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.TestIdentity;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo with mutual TLS on gRPC and restricted access on both wires. */
class SecurityIT {
    private static final String SECRET = "open-sesame";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static LongshoreServer server;

    @BeforeAll
    static void start() throws Exception {
        TestIdentity own = TestIdentity.make(folder, "RSA", "server");
        TestIdentity client = TestIdentity.make(folder, "EC", "client");
        client.writeKey(folder.resolve("client.key"));
        server = LongshoreServer.startWith(List.of(
                "--grpc-use-ssl-mutual",
                "--grpc-server-cert=" + own.writeCertificate(folder.resolve("server.crt")),
                "--grpc-server-key=" + own.writeKey(folder.resolve("server.key")),
                "--grpc-root-cert=" + client.writeCertificate(folder.resolve("client.crt")),
                "--grpc-restricted-protocol=model-repository:admin=" + SECRET,
                "--http-restricted-api=model-repository,inference:admin=" + SECRET,
                "--http-restricted-api=statistics:other=" + SECRET));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void tritonClient_needsItsCertificateAndTheSecret() throws Exception {
        PythonPrograms.assumeClients();
        PythonPrograms.runAlone(
                "triton_grpc_tls.py",
                "localhost:" + server.grpcPort(),
                folder.resolve("server.crt").toString(),
                folder.resolve("client.key").toString(),
                folder.resolve("client.crt").toString(),
                "triton-grpc-protocol-admin",
                SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/repository/index",
                "/v2/models/simple/infer",
                "/v2/models/simple/versions/1/infer",
                "/v2/models/simple;a=b/infer",
                "/v2//models/simple/infer",
                "/v2/models/simple/%69nfer"
            })
    void restrictedCall_isForbiddenWithoutTheSecret(String path) throws Exception {
        HttpResponse<String> refused = post(path, "nothing");

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).isEqualTo("{\"error\":\"This API is restricted, expecting header 'admin'\"}");
    }

    @Test
    void restrictedCall_isServedWithTheSecret() throws Exception {
        assertThat(post("/v2/repository/index", SECRET).statusCode()).isEqualTo(200);
        HttpResponse<String> inferred = post("/v2/models/simple/infer", SECRET);
        assertThat(inferred.statusCode()).as(inferred.body()).isEqualTo(400);
        assertThat(inferred.body()).doesNotContain("restricted");
    }

    @Test
    void otherCalls_areServedToEverybody() throws Exception {
        assertThat(get("/v2/models/simple").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/v2/models/stats").body()).contains("expecting header 'other'");
    }

    @Test
    void secretsAndKeys_areInNoLog() throws IOException {
        String key = Files.readString(folder.resolve("server.key"));

        assertThat(server.logText())
                .contains("with TLS and certificates of clients")
                .doesNotContain(SECRET)
                .doesNotContain(key.lines().skip(1).findFirst().orElseThrow());
    }

    @Test
    void keyOfAnotherCertificate_endsTheStart() throws Exception {
        Path key = folder.resolve("client.key");
        LongshoreServer refused = LongshoreServer.launch(List.of(
                "--grpc-use-ssl", "--grpc-server-cert=" + folder.resolve("server.crt"), "--grpc-server-key=" + key));

        assertThat(refused.awaitExit()).isEqualTo(1);
        assertThat(refused.logText()).contains("longshore.grpc.server-key").contains(key.toString());
    }

    private static HttpResponse<String> post(String path, String secret) throws Exception {
        return send(HttpRequest.newBuilder(server.uri(path))
                .header("admin", secret)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(server.uri(path)).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
