package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.system.GrpcWire.Form;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The response cache of the packaged server, over both wires. */
class ResponseCacheIT {
    @TempDir
    private Path folder;

    private TestRepository repository() throws IOException {
        return new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("cached")
                .config("cached", "max_batch_size: 8 response_cache { enable: true }")
                .simple("plain");
    }

    private LongshoreServer start(String... options) throws IOException {
        String[] all = new String[options.length + 2];
        all[0] = "--model-control-mode=explicit";
        all[1] = "--load-model=*";
        System.arraycopy(options, 0, all, 2, options.length);
        return LongshoreServer.start(repository().path(), all);
    }

    private static WireCall call(String model, int first) {
        return WireCall.to(model, input("INPUT0", first), input("INPUT1", 1));
    }

    private static WireTensor input(String name, int value) {
        return TensorValues.tensor(
                name, "INT32", List.of(1L, 16L), Collections.nCopies(16, value).toArray());
    }

    @Test
    void equalRequests_areAnsweredOnceByTheModel_onWhicheverWire() throws Exception {
        try (LongshoreServer server = start("--cache-config=local,size=1000000")) {
            V2Client client = new V2Client(server);
            Wire rest = new RestWire(server, true);
            List<Wire> wires = List.of(new GrpcWire(server, Form.RAW), new GrpcWire(server, Form.STREAM), rest);
            WireAnswer first = rest.infer(call("cached", 7));
            for (Wire wire : wires) {
                WireAnswer again = wire.infer(call("cached", 7).id("again"));
                assertThat(again.id()).isEqualTo("again");
                assertThat(again.outputs()).isEqualTo(first.outputs());
            }
            rest.infer(call("cached", 8));
            rest.infer(call("cached", 7).output("OUTPUT1"));
            rest.infer(call("plain", 7));
            rest.infer(call("plain", 7));

            assertStatistics(client.get("/v2/models/cached/stats").json().get("model_stats"));
            assertStatistics(wires.get(0).statistics("cached"));
            assertMetrics(scrape(server));
            assertReloadForgets(client, rest);
            wires.forEach(Wire::end);
        }
    }

    private static void assertStatistics(JsonNode versions) {
        JsonNode model = versions.get(0);
        assertThat(model.path("inference_count").asLong()).isEqualTo(3);
        assertThat(model.path("execution_count").asLong()).isEqualTo(3);
        assertThat(model.at("/inference_stats/success/count").asLong()).isEqualTo(6);
        assertThat(model.at("/inference_stats/cache_hit/count").asLong()).isEqualTo(3);
        assertThat(model.at("/inference_stats/cache_hit/ns").asLong()).isPositive();
        assertThat(model.at("/inference_stats/cache_miss/count").asLong()).isEqualTo(3);
        assertThat(model.at("/inference_stats/cache_miss/ns").asLong()).isPositive();
    }

    private static void assertMetrics(PrometheusText metrics) {
        String[] labels = {"model", "cached", "version", "1"};
        assertThat(metrics.type("nv_cache_num_hits_per_model")).isEqualTo("counter");
        assertThat(metrics.value("nv_cache_num_hits_per_model", labels)).isEqualTo(3);
        assertThat(metrics.value("nv_cache_num_misses_per_model", labels)).isEqualTo(3);
        assertThat(metrics.value("nv_cache_hit_duration_per_model", labels)).isNotNegative();
        assertThat(metrics.value("nv_cache_num_hits_per_model", "model", "plain", "version", "1"))
                .as("none")
                .isEqualTo(-1);
        assertThat(metrics.value("nv_inference_request_success", labels)).isEqualTo(6);
        assertThat(metrics.value("nv_inference_count", labels)).isEqualTo(3);
        assertThat(metrics.value("nv_cache_num_entries")).isEqualTo(3);
        assertThat(metrics.value("nv_cache_num_lookups")).isEqualTo(6);
        assertThat(metrics.value("nv_cache_num_hits")).isEqualTo(3);
        assertThat(metrics.value("nv_cache_util")).isBetween(0.0003, 0.01);
    }

    private static void assertReloadForgets(V2Client client, Wire rest) {
        String body = "{\"parameters\":{\"config\":\"{\\\"backend\\\":\\\"onnxruntime\\\",\\\"max_batch_size\\\":4,"
                + "\\\"response_cache\\\":{\\\"enable\\\":true}}\"}}";
        assertThat(client.post("/v2/repository/models/cached/load", body).status())
                .isEqualTo(200);
        rest.infer(call("cached", 7));
        JsonNode statistics = client.get("/v2/models/cached/stats").json().at("/model_stats/0/inference_stats");
        assertThat(statistics.at("/cache_hit/count").asLong()).isZero();
        assertThat(statistics.at("/cache_miss/count").asLong()).isEqualTo(1);
    }

    private static PrometheusText scrape(LongshoreServer server) throws Exception {
        URI page = URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics");
        return PrometheusText.parse(HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .body());
    }

    @Test
    void serverWithoutCache_servesAndSaysSo() throws Exception {
        try (LongshoreServer server = start()) {
            V2Client client = new V2Client(server);
            assertThat(client.infer("cached", V2Client.simpleRequest(1)).status())
                    .isEqualTo(200);
            assertThat(client.infer("cached", V2Client.simpleRequest(1)).status())
                    .isEqualTo(200);

            assertThat(client.get("/v2/models/cached/stats")
                            .json()
                            .at("/model_stats/0/execution_count")
                            .asLong())
                    .isEqualTo(2);
            assertThat(server.logText())
                    .contains("model 'cached' asks for response_cache, and this server has no cache");
        }
    }

    @Test
    void cacheOfAnotherKind_isRefusedWithWhatThereIs() throws Exception {
        LongshoreServer server = LongshoreServer.launch(
                List.of("--model-repository=" + repository().path(), "--cache-config=redis,host=localhost"));
        try (server) {
            assertThat(server.awaitExit()).isEqualTo(1);
            assertThat(server.logText())
                    .contains("cache 'redis' is not supported by this server, which has 'local', in its own memory");
        }
    }
}
