package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics as Prometheus scrapes them. */
class MetricsIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private TestRepository repository() throws IOException {
        return new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .config("simple", "max_batch_size: 8 metric_tags { key: \"team\" value: \"desk\" }")
                .simple("other");
    }

    @Test
    void scrape_addsUpToWhatWasAskedAndToTheStatistics() throws Exception {
        try (LongshoreServer server =
                LongshoreServer.start(repository().path(), "--model-control-mode=explicit", "--load-model=*")) {
            V2Client client = new V2Client(server);
            for (int i = 0; i < 7; i++) {
                assertThat(client.infer("simple", V2Client.simpleRequest(i)).status())
                        .isEqualTo(200);
            }
            assertThat(client.infer("simple", V2Client.simpleRequest(0).replace("[1,16]", "[1,15]"))
                            .status())
                    .isEqualTo(400);
            PrometheusText metrics = scrape(server);

            assertCounts(metrics);
            assertSameAsStatistics(metrics, client.get("/v2/models/simple/stats"));
            assertServer(metrics);
            assertThat(PrometheusText.parse(client.get("/metrics").body()).type("nv_inference_count"))
                    .isEqualTo("counter");
            assertThat(get(server, "/v2/models/simple").statusCode()).isEqualTo(404);

            assertThat(client.post("/v2/repository/models/other/unload", "").status())
                    .isEqualTo(200);
            assertThat(metrics.tellsOfModel("other")).isTrue();
            assertThat(scrape(server).tellsOfModel("other")).isFalse();
        }
    }

    private static void assertCounts(PrometheusText metrics) {
        String[] labels = {"model", "simple", "version", "1", "_team", "desk"};
        assertThat(metrics.type("nv_inference_request_success")).isEqualTo("counter");
        assertThat(metrics.value("nv_inference_request_success", labels)).isEqualTo(7);
        assertThat(metrics.value("nv_inference_count", labels)).isEqualTo(7);
        assertThat(metrics.value("nv_inference_exec_count", labels)).isEqualTo(7);
        assertThat(metrics.value(
                        "nv_inference_request_failure",
                        "model",
                        "simple",
                        "version",
                        "1",
                        "_team",
                        "desk",
                        "reason",
                        "BACKEND"))
                .isZero();
        assertThat(metrics.value("nv_inference_pending_request_count", labels)).isZero();
        assertThat(metrics.value("longshore_queue_capacity", labels)).isEqualTo(8192);
        assertThat(metrics.value("nv_model_load_duration_secs", labels)).isPositive();
        for (String stage : List.of("request", "queue", "compute")) {
            assertThat(metrics.value("longshore_" + stage + "_duration_seconds_count", labels))
                    .isEqualTo(7);
        }
    }

    private static void assertSameAsStatistics(PrometheusText metrics, Reply statistics) {
        String[] labels = {"model", "simple", "version", "1", "_team", "desk"};
        JsonNode stats = statistics.json().at("/model_stats/0/inference_stats");
        assertThat((long) metrics.value("nv_inference_request_duration_us", labels))
                .isEqualTo(stats.at("/success/ns").asLong() / 1000);
        assertThat((long) metrics.value("nv_inference_queue_duration_us", labels))
                .isEqualTo(stats.at("/queue/ns").asLong() / 1000);
        for (String part : List.of("compute_input", "compute_infer", "compute_output")) {
            assertThat((long) metrics.value("nv_inference_" + part + "_duration_us", labels))
                    .isEqualTo(stats.at("/" + part + "/ns").asLong() / 1000)
                    .isPositive();
        }
        assertThat(metrics.value("longshore_request_duration_seconds_sum", labels))
                .isEqualTo(stats.at("/success/ns").asLong() / 1e9);
    }

    private static void assertServer(PrometheusText metrics) {
        assertThat(metrics.value("nv_cpu_memory_total_bytes")).isPositive();
        assertThat(metrics.value("nv_cpu_utilization")).isBetween(0.0, 1.0);
        assertThat(metrics.value("longshore_server_requests_in_flight")).isZero();
        assertThat(metrics.value("longshore_request_memory_limit_bytes")).isPositive();
        assertThat(metrics.value("process_resident_memory_bytes")).isPositive();
    }

    @Test
    void readersThatStall_areCutOffAndOthersServed() throws Exception {
        try (LongshoreServer server = LongshoreServer.start(repository().path())) {
            List<Socket> stalled = new ArrayList<>();
            try {
                for (int i = 0; i < 12; i++) {
                    Socket socket = new Socket();
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.metricsPort()));
                    socket.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
                    stalled.add(socket);
                }
                Awaitility.await()
                        .atMost(Duration.ofSeconds(120))
                        .until(() -> answersWithin(server, Duration.ofSeconds(20)));
            } finally {
                for (Socket socket : stalled) {
                    socket.close();
                }
            }
        }
    }

    private static boolean answersWithin(LongshoreServer server, Duration patience)
            throws IOException, InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(metricsUri(server, "/metrics"))
                    .timeout(patience)
                    .build();
            return CLIENT.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (HttpTimeoutException notYet) {
            return false;
        }
    }

    @Test
    void metricsSwitchedOff_nothingIsServedAndStatisticsAreCounted() throws Exception {
        try (LongshoreServer server = LongshoreServer.start(
                repository().path(), "--allow-metrics=false", "--metrics-config=summary_latencies=true")) {
            V2Client client = new V2Client(server);
            assertThat(client.infer("simple", V2Client.simpleRequest(1)).status())
                    .isEqualTo(200);

            assertThat(client.get("/metrics").status()).isEqualTo(404);
            assertThat(client.get("/v2/models/simple/stats")
                            .json()
                            .at("/model_stats/0/inference_count")
                            .asInt())
                    .isEqualTo(1);
            assertThat(server.logText())
                    .contains("summary_latencies has no effect")
                    .doesNotContain("metrics are served");
            try (ServerSocket free = new ServerSocket(server.metricsPort())) {
                assertThat(free.isBound()).isTrue();
            }
        }
    }

    @Test
    void portInUse_isToldAndTheRestIsServed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                LongshoreServer server =
                        LongshoreServer.start(repository().path(), "--metrics-port=" + taken.getLocalPort())) {
            assertThat(new V2Client(server).get("/v2/health/ready").status()).isEqualTo(200);
            assertThat(server.logText())
                    .contains("metrics are not served: cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("longshore.metrics.port");
        }
    }

    @Test
    void microProfileSwitchedOn_itsRegistryShowsTheSame() throws Exception {
        Path home = Path.of(System.getProperty("longshore.home"));
        Path dropIn = home.resolve("wlp/usr/servers/longshore/configDropins/overrides/mp-metrics.xml");
        Files.createDirectories(dropIn.getParent());
        Files.copy(home.resolve("etc/mp-metrics.xml"), dropIn);
        try (LongshoreServer server = LongshoreServer.start(repository().path())) {
            V2Client client = new V2Client(server);
            for (int i = 0; i < 3; i++) {
                assertThat(client.infer("simple", V2Client.simpleRequest(i)).status())
                        .isEqualTo(200);
            }
            String[] labels = {"model", "simple", "version", "1", "mp_scope", "application"};
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> PrometheusText.parse(client.get("/metrics").body())
                                    .value("nv_inference_request_success", labels)
                            == 3);
            assertThat(scrape(server)
                            .value("nv_inference_request_success", "model", "simple", "version", "1", "_team", "desk"))
                    .isEqualTo(3);
        } finally {
            Files.delete(dropIn);
        }
    }

    private static PrometheusText scrape(LongshoreServer server) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(server, "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        return PrometheusText.parse(answer.body());
    }

    private static HttpResponse<String> get(LongshoreServer server, String path)
            throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(metricsUri(server, path)).build(), BodyHandlers.ofString());
    }

    private static URI metricsUri(LongshoreServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.metricsPort() + path);
    }
}
