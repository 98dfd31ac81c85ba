package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longshore.system.GrpcWire.Form;
import io.longshore.system.V2Client.Reply;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of requests to the real server: settings on REST, files, and spans that a collector gets. */
class TracingIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN_ID = "00f067aa0ba902b7";

    @TempDir
    private Path folder;

    private TestRepository repository() throws IOException {
        return new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("simple");
    }

    @Test
    void tracesOfBothWires_areFilesForTritonsTools() throws Exception {
        Path file = folder.resolve("trace.json");
        try (LongshoreServer server =
                LongshoreServer.start(repository().path(), "--trace-config=triton,file=" + file)) {
            V2Client client = new V2Client(server);
            assertThat(client.infer("simple", V2Client.simpleRequest(1)).status())
                    .isEqualTo(200);
            assertThat(file).doesNotExist();

            Reply changed = client.post(
                    "/v2/trace/setting", "{\"trace_level\":[\"TIMESTAMPS\",\"TENSORS\"],\"trace_rate\":\"1\"}");
            assertThat(changed.body())
                    .isEqualTo(
                            "{\"trace_level\":[\"TIMESTAMPS\",\"TENSORS\"],\"trace_rate\":\"1\",\"trace_count\":\"-1\","
                                    + "\"log_frequency\":\"0\",\"trace_file\":\"" + file
                                    + "\",\"trace_mode\":\"triton\"}");
            assertThat(client.get("/v2/models/simple/trace/setting").body()).isEqualTo(changed.body());

            client.infer("simple", V2Client.simpleRequest(1));
            WireCall call = WireCall.to("simple", input("INPUT0"), input("INPUT1"));
            infer(new GrpcWire(server, Form.RAW), call);
            infer(new GrpcWire(server, Form.STREAM), call);
            Map<Integer, List<JsonNode>> traces = awaitTraces(file, 3);

            assertThat(moments(traces.get(1)))
                    .containsExactly(
                            "HTTP_RECV_START",
                            "HTTP_RECV_END",
                            "REQUEST_START",
                            "QUEUE_START",
                            "COMPUTE_START",
                            "COMPUTE_INPUT_END",
                            "COMPUTE_OUTPUT_START",
                            "COMPUTE_END",
                            "INFER_RESPONSE_COMPLETE",
                            "REQUEST_END",
                            "HTTP_SEND_START",
                            "HTTP_SEND_END");
            assertIncreasing(traces.get(1));
            for (int id : List.of(2, 3)) {
                assertThat(moments(traces.get(id)))
                        .startsWith("GRPC_WAITREAD_START", "GRPC_WAITREAD_END", "REQUEST_START")
                        .endsWith("REQUEST_END", "GRPC_SEND_START", "GRPC_SEND_END");
                assertIncreasing(traces.get(id));
            }
            assertThat(traces.get(1).get(0).path("model_name").asText()).isEqualTo("simple");
            assertThat(traces.get(1).get(0).path("model_version").asInt()).isEqualTo(1);
            assertThat(tensors(traces.get(1)))
                    .containsEntry("TENSOR_QUEUE_INPUT INPUT1", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1")
                    .containsEntry("TENSOR_BACKEND_OUTPUT OUTPUT1", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");

            client.post("/v2/trace/setting", "{\"trace_level\":[\"OFF\"]}");
            client.infer("simple", V2Client.simpleRequest(1));
            assertThat(client.post(
                                    "/v2/models/simple/trace/setting",
                                    "{\"trace_level\":[\"TIMESTAMPS\"],\"trace_count\":\"2\"}")
                            .json()
                            .path("trace_count")
                            .asText())
                    .isEqualTo("2");
            for (int i = 0; i < 4; i++) {
                client.infer("simple", V2Client.simpleRequest(1));
            }
            assertThat(awaitTraces(folder.resolve("trace.json.0"), 2)).containsOnlyKeys(4, 5);
            assertThat(awaitTraces(file, 3)).containsOnlyKeys(1, 2, 3);
            assertThat(client.get("/v2/models/simple/trace/setting")
                            .json()
                            .path("trace_count")
                            .asText())
                    .isEqualTo("0");
        }
    }

    @Test
    void faults_haveTheirStatusAndText() throws Exception {
        try (LongshoreServer server = LongshoreServer.start(repository().path())) {
            V2Client client = new V2Client(server);
            assertThat(client.get("/v2/models/absent/trace/setting"))
                    .isEqualTo(new Reply(400, "{\"error\":\"Request for unknown model : absent\"}"));
            assertThat(client.get("/v2/models/simple/versions/1/trace/setting").status())
                    .isEqualTo(404);
            assertThat(client.post("/v2/trace/setting", "{\"trace_file\":\"/tmp/elsewhere\"}")
                            .status())
                    .isEqualTo(501);
            assertThat(client.post("/v2/trace/setting", "{\"trace_level\":[\"TIMESTAMPS\"]}"))
                    .isEqualTo(new Reply(
                            400,
                            "{\"error\":\"Attempting to set invalid trace setting :trace file name is not given\"}"));
            assertThat(client.post("/v2/trace/setting", "{\"trace_rate\":7}").status())
                    .isEqualTo(400);
            assertThat(client.get("/v2").json().path("extensions").toString()).contains("\"trace\"");
        }
    }

    @Test
    void callersTrace_goesOnInSpansThroughMicroProfileTelemetry() throws Exception {
        Path home = Path.of(System.getProperty("longshore.home"));
        Path dropIn = home.resolve("wlp/usr/servers/longshore/configDropins/overrides/mp-telemetry.xml");
        Files.createDirectories(dropIn.getParent());
        Files.copy(home.resolve("etc/mp-telemetry.xml"), dropIn);
        try (SpanCollector collector = new SpanCollector();
                LongshoreServer server = LongshoreServer.start(
                        repository().path(),
                        "--trace-config=mode=opentelemetry",
                        "--trace-config=level=TIMESTAMPS",
                        "--trace-config=rate=0",
                        "--trace-config=opentelemetry,url=" + collector.url(),
                        "--trace-config=opentelemetry,resource=service.name=desk",
                        "--trace-config=opentelemetry,bsp_schedule_delay=200")) {
            assertThat(infer(server, "00-" + TRACE_ID + "-" + SPAN_ID + "-00")).isEqualTo(200);
            assertThat(new V2Client(server)
                            .infer("simple", V2Client.simpleRequest(1))
                            .status())
                    .isEqualTo(200);
            assertThat(infer(server, "00-" + TRACE_ID + "-" + SPAN_ID + "-01")).isEqualTo(200);
            Awaitility.await().atMost(PATIENCE).until(() -> ofCaller(collector).size() >= 3);

            List<Span> spans = ofCaller(collector);
            Span request = named(spans, "InferRequest");
            Span model = named(spans, "simple");
            Span compute = named(spans, "compute");
            assertThat(hex(request.getParentSpanId().toByteArray())).isEqualTo(SPAN_ID);
            assertThat(model.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(compute.getParentSpanId()).isEqualTo(model.getSpanId());
            assertThat(model.getEventsList().stream().map(Span.Event::getName))
                    .containsExactly("REQUEST_START", "QUEUE_START", "REQUEST_END");
            assertThat(compute.getStartTimeUnixNano())
                    .isBetween(model.getStartTimeUnixNano(), model.getEndTimeUnixNano());
            assertThat(request.getEndTimeUnixNano()).isGreaterThan(request.getStartTimeUnixNano());
            assertThat(spans).hasSize(3);
            assertThat(collector.services()).containsOnly("desk");
            assertThat(new V2Client(server)
                            .get("/v2/trace/setting")
                            .json()
                            .path("trace_mode")
                            .asText())
                    .isEqualTo("opentelemetry");
        } finally {
            Files.delete(dropIn);
        }
    }

    @Test
    void spansWithoutTheFeature_areToldInTheLog() throws Exception {
        try (LongshoreServer server = LongshoreServer.start(
                repository().path(), "--trace-config=mode=opentelemetry", "--trace-config=level=TIMESTAMPS")) {
            assertThat(server.logText()).contains("needs MicroProfile Telemetry");
            assertThat(infer(server, "00-" + TRACE_ID + "-" + SPAN_ID + "-01")).isEqualTo(200);
        }
    }

    private static void infer(GrpcWire wire, WireCall call) {
        try {
            wire.infer(call);
        } finally {
            wire.end();
        }
    }

    private static WireTensor input(String name) {
        return new WireTensor(name, "INT32", List.of(1L, 16L), new byte[16 * Integer.BYTES]);
    }

    private static int infer(LongshoreServer server, String parent) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/v2/models/simple/infer"))
                .header("traceparent", parent)
                .POST(BodyPublishers.ofString(V2Client.simpleRequest(1)))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    /** The engine's own spans; the container may send others for the same request. */
    private static List<Span> ofCaller(SpanCollector collector) {
        return collector.spans().stream()
                .filter(span -> hex(span.getTraceId().toByteArray()).equals(TRACE_ID))
                .filter(span -> !span.getName().startsWith("POST"))
                .toList();
    }

    private static Span named(List<Span> spans, String name) {
        return spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The objects of a file by their ids, once it has so many. */
    private static Map<Integer, List<JsonNode>> awaitTraces(Path file, int count) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> Files.exists(file) && read(file).size() >= count);
        return read(file);
    }

    private static Map<Integer, List<JsonNode>> read(Path file) {
        Map<Integer, List<JsonNode>> traces = new TreeMap<>();
        try {
            JSON.readTree(Files.readString(file))
                    .forEach(object -> traces.computeIfAbsent(object.path("id").asInt(), id -> new ArrayList<>())
                            .add(object));
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON at this moment: " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return traces;
    }

    private static List<String> moments(List<JsonNode> trace) {
        return trace.stream()
                .filter(object -> object.has("timestamps"))
                .map(object -> object.at("/timestamps/0/name").asText())
                .toList();
    }

    private static void assertIncreasing(List<JsonNode> trace) {
        assertThat(trace.stream()
                        .filter(object -> object.has("timestamps"))
                        .map(object -> object.at("/timestamps/0/ns").asLong()))
                .isSorted();
    }

    private static Map<String, String> tensors(List<JsonNode> trace) {
        Map<String, String> tensors = new TreeMap<>();
        trace.stream()
                .filter(object -> object.has("tensor"))
                .forEach(object -> tensors.put(
                        object.path("activity").asText() + " "
                                + object.at("/tensor/name").asText(),
                        object.at("/tensor/data").asText()));
        return tensors;
    }
}
