package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single model as KServe mounts it, in a read-only folder behind a link, and what the server says of itself over it. */
class MountedModelIT {
    @TempDir
    private static Path folder;

    private static Path mounted;
    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        mounted = Files.createDirectories(folder.resolve("data/adder"));
        Files.write(mounted.resolve("model.onnx"), OnnxModels.simple().toBytes());
        Files.setPosixFilePermissions(mounted, PosixFilePermissions.fromString("r-xr-xr-x"));
        Path link = Files.createSymbolicLink(folder.resolve("models"), mounted.getParent());
        server = LongshoreServer.start(link.resolve("adder"));
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        Files.setPosixFilePermissions(mounted, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void bareModelFile_isServedAsVersionOneOfItsFolder() throws IOException {
        assertThat(client.get("/v2/models").body()).isEqualTo("{\"models\":[\"adder\"]}");
        assertThat(client.infer("adder", V2Client.simpleRequest(1)).body())
                .contains("\"model_version\":\"1\"", "\"data\":[2,3,4,5,6,7,");
        try (var files = Files.list(mounted)) {
            assertThat(files).as("nothing is written beside the model").hasSize(1);
        }
    }

    @Test
    void healthOfAllKinds_tellsTheSame() {
        for (String path :
                new String[] {"/v2/health/live", "/v2/health/ready", "/health/live", "/health/ready", "/health/started"
                }) {
            assertThat(client.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(client.get("/v2/health/live").body()).isEqualTo("{\"live\":true}");
        assertThat(client.get("/v2/health/ready").body()).isEqualTo("{\"ready\":true}");
        assertThat(client.get("/v2/models/adder/ready").body()).isEqualTo("{\"name\":\"adder\",\"ready\":true}");
        assertThat(client.get("/health/ready").json().path("status").asText()).isEqualTo("UP");
    }

    @Test
    void openApi_describesInference() {
        assertThat(client.get("/openapi").body())
                .contains(
                        "/infer",
                        "/v2/health/ready",
                        "/v2/models",
                        "/v2/repository/models/{model}/load",
                        "unload_dependents",
                        "^file:.+",
                        "'#/components/schemas/RepositoryModel'")
                .doesNotContain("/v2/repository/{repository}");
    }

    @Test
    void serverMetadata_isWhatClientsCheck() {
        for (String path : new String[] {"/v2", "/v2/"}) {
            V2Client.Reply reply = client.get(path);
            assertThat(reply.json().path("name").asText()).isEqualTo("triton");
            assertThat(reply.body()).contains("binary_tensor_data");
        }
    }
}
