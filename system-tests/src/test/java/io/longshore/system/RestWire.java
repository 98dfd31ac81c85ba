package io.longshore.system;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longshore.system.WireRefusal.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** V2 over HTTP, with tensors in JSON or behind it as binary data. */
final class RestWire implements Wire {
    private static final String HEADER_LENGTH = "Inference-Header-Content-Length";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LongshoreServer server;
    private final boolean binary;

    RestWire(LongshoreServer server, boolean binary) {
        this.server = server;
        this.binary = binary;
    }

    @Override
    public WireAnswer infer(WireCall call) {
        byte[] json = bytes(request(call));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(call));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json);
        if (binary) {
            request.header(HEADER_LENGTH, Integer.toString(json.length));
            call.inputs().forEach(input -> body.writeBytes(input.data()));
        }
        return answer(send(request.POST(BodyPublishers.ofByteArray(body.toByteArray()))));
    }

    private URI uri(WireCall call) {
        String version = call.version().isEmpty() ? "" : "/versions/" + call.version();
        return server.uri("/v2/models/" + call.model() + version + "/infer");
    }

    private ObjectNode request(WireCall call) {
        ObjectNode request = JSON.createObjectNode();
        if (!call.id().isEmpty()) {
            request.put("id", call.id());
        }
        call.inputs().forEach(input -> request.withArray("inputs").add(input(input)));
        if (call.inputs().isEmpty()) {
            request.putArray("inputs");
        }
        call.outputs().forEach(name -> request.withArray("outputs").addObject().put("name", name));
        call.parameters()
                .forEach((name, value) -> request.withObject("/parameters").set(name, JSON.valueToTree(value)));
        if (binary) {
            request.withObject("/parameters").put("binary_data_output", true);
        }
        return request;
    }

    private ObjectNode input(WireTensor tensor) {
        ObjectNode input = JSON.createObjectNode().put("name", tensor.name()).put("datatype", tensor.datatype());
        tensor.shape().forEach(input.putArray("shape")::add);
        if (binary) {
            input.putObject("parameters").put("binary_data_size", tensor.data().length);
        } else {
            ArrayNode data = input.putArray("data");
            TensorValues.of(tensor).forEach(value -> data.add(node(value)));
        }
        return input;
    }

    private static JsonNode node(Object value) {
        return value instanceof byte[] text
                ? JSON.getNodeFactory().textNode(new String(text, StandardCharsets.UTF_8))
                : JSON.valueToTree(value);
    }

    private static WireAnswer answer(HttpResponse<byte[]> response) {
        byte[] body = response.body();
        int jsonLength = response.headers()
                .firstValue(HEADER_LENGTH)
                .map(Integer::parseInt)
                .orElse(body.length);
        JsonNode json = parse(Arrays.copyOf(body, jsonLength));
        List<WireTensor> outputs = new ArrayList<>();
        int at = jsonLength;
        for (JsonNode output : json.get("outputs")) {
            int size = output.path("parameters").path("binary_data_size").asInt(0);
            outputs.add(output(output, Arrays.copyOfRange(body, at, at + size)));
            at += size;
        }
        return new WireAnswer(
                json.get("model_name").asText(),
                json.get("model_version").asText(),
                json.path("id").asText(),
                outputs);
    }

    private static WireTensor output(JsonNode output, byte[] behind) {
        List<Long> shape = new ArrayList<>();
        output.get("shape").forEach(dim -> shape.add(dim.asLong()));
        String datatype = output.get("datatype").asText();
        byte[] data = behind;
        if (output.has("data")) {
            List<Object> values = new ArrayList<>();
            output.get("data").forEach(value -> values.add(value(datatype, value)));
            data = TensorValues.bytes(datatype, values);
        }
        return new WireTensor(output.get("name").asText(), datatype, shape, data);
    }

    private static Object value(String datatype, JsonNode value) {
        return switch (datatype) {
            case "BOOL" -> value.booleanValue();
            case "FP32" -> Float.parseFloat(value.asText());
            case "FP64" -> Double.parseDouble(value.asText());
            case "BYTES" -> value.textValue().getBytes(StandardCharsets.UTF_8);
            default -> new BigInteger(value.asText());
        };
    }

    @Override
    public boolean isReady(String model) {
        try {
            get("/v2/models/" + model + "/ready");
            return true;
        } catch (WireRefusal e) {
            return false;
        }
    }

    @Override
    public JsonNode serverMetadata() {
        return get("/v2");
    }

    @Override
    public JsonNode metadata(String model) {
        return get("/v2/models/" + model);
    }

    @Override
    public JsonNode config(String model) {
        return get("/v2/models/" + model + "/config");
    }

    @Override
    public JsonNode statistics(String model) {
        return get("/v2/models/" + model + "/stats").get("model_stats");
    }

    @Override
    public JsonNode index() {
        return parse(send(post("/v2/repository/index")).body());
    }

    @Override
    public void load(String model) {
        send(post("/v2/repository/models/" + model + "/load"));
    }

    @Override
    public void load(String model, String config) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("parameters").put("config", config);
        send(post("/v2/repository/models/" + model + "/load", body));
    }

    @Override
    public void unload(String model) {
        send(post("/v2/repository/models/" + model + "/unload"));
    }

    @Override
    public void registerRegion(String region, String key, long byteSize) {
        send(post(
                "/v2/systemsharedmemory/region/" + region + "/register",
                JSON.createObjectNode().put("key", key).put("byte_size", byteSize)));
    }

    @Override
    public void unregisterRegion(String region) {
        send(post("/v2/systemsharedmemory/region/" + region + "/unregister"));
    }

    @Override
    public Set<String> regions() {
        Set<String> names = new TreeSet<>();
        get("/v2/systemsharedmemory/status")
                .forEach(region -> names.add(region.get("name").asText()));
        return names;
    }

    private HttpRequest.Builder post(String path) {
        return post(path, JSON.createObjectNode());
    }

    private HttpRequest.Builder post(String path, JsonNode body) {
        return HttpRequest.newBuilder(server.uri(path)).POST(BodyPublishers.ofByteArray(bytes(body)));
    }

    private JsonNode get(String path) {
        return parse(send(HttpRequest.newBuilder(server.uri(path))).body());
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new WireRefusal(
                        kind(response.statusCode()),
                        parse(response.body()).path("error").asText());
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 400 -> Kind.INVALID;
            case 404 -> Kind.NOT_FOUND;
            case 500 -> Kind.INTERNAL;
            case 501 -> Kind.UNSUPPORTED;
            case 503 -> Kind.UNAVAILABLE;
            default -> throw new AssertionError("unexpected status " + status);
        };
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + new String(json, StandardCharsets.UTF_8), e);
        }
    }

    @Override
    public boolean carriesHalfFloats() {
        return binary;
    }

    @Override
    public boolean carriesAnyBytes() {
        return binary;
    }

    @Override
    public void end() {
        // The JDK's client ends with its last reference.
    }

    @Override
    public String toString() {
        return binary ? "REST with binary data" : "REST with JSON";
    }
}
