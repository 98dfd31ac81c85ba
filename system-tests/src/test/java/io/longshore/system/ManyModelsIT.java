package io.longshore.system;

import static io.longshore.onnx.Dim.dim;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository of many small models, several versions each, all loaded when the server starts. */
class ManyModelsIT {
    private static final int MODELS = 200;
    private static final int VERSIONS = 3;

    @TempDir
    private Path folder;

    @Test
    void twoHundredModelsOfThreeVersions_areAllReadyWhenTheServerIs() throws IOException {
        TestRepository repository = repository();

        long begin = System.nanoTime();
        try (LongshoreServer server =
                LongshoreServer.start(repository.path(), "--model-control-mode=explicit", "--load-model=*")) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
            // A figure to know, and none to judge a machine by.
            System.out.printf(
                    "%d models of %d versions each: started in %.1f s%n", MODELS, VERSIONS, elapsed.toMillis() / 1e3);

            V2Client client = new V2Client(server);
            assertThat(client.get("/v2/health/ready").status()).isEqualTo(200);
            assertThat(ready(client)).isEqualTo(all());
            for (int model = 0; model < MODELS; model += 17) {
                for (int version = 1; version <= VERSIONS; version++) {
                    assertServes(client, name(model) + "/versions/" + version);
                }
            }
        }
    }

    private TestRepository repository() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")));
        OnnxGraph smallest = OnnxModels.identity(ElementType.INT32, dim("N"));
        for (int model = 0; model < MODELS; model++) {
            repository.config(name(model), "version_policy { all { } }");
            for (int version = 1; version <= VERSIONS; version++) {
                repository.onnx(name(model), version, smallest);
            }
        }
        return repository;
    }

    private static String name(int model) {
        return "small" + model;
    }

    private static Set<String> all() {
        Set<String> all = new HashSet<>();
        for (int model = 0; model < MODELS; model++) {
            for (int version = 1; version <= VERSIONS; version++) {
                all.add(name(model) + "/" + version);
            }
        }
        return all;
    }

    private static List<String> versions(JsonNode index) {
        List<String> versions = new ArrayList<>();
        index.forEach(entry -> versions.add(
                entry.path("name").asText() + "/" + entry.path("version").asText()));
        return versions;
    }

    private static Set<String> ready(V2Client client) {
        return Set.copyOf(
                versions(client.post("/v2/repository/index", "{\"ready\":true}").json()));
    }

    private static void assertServes(V2Client client, String version) {
        V2Client.Reply reply = client.post("/v2/models/" + version + "/infer", """
                {"inputs":[{"name":"INPUT0","shape":[1,1],"datatype":"INT32","data":[7]}]}""");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.json().at("/outputs/0/data").toString()).isEqualTo("[7]");
    }
}
