package io.longshore.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A client of the V2 protocol for tests, over the JDK's HTTP client. Thread-safe. */
final class V2Client {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;

    V2Client(LongshoreServer server) {
        this(server.uri("/"));
    }

    /** @param base where the server is, whatever path it has */
    V2Client(URI base) {
        this.base = base;
    }

    /** An answer with its body read as JSON. */
    record Reply(int status, String body) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + body, e);
            }
        }

        String error() {
            return json().path("error").asText();
        }
    }

    Reply get(String path) {
        return send(HttpRequest.newBuilder(base.resolve(path)));
    }

    Reply post(String path, String body) {
        return send(HttpRequest.newBuilder(base.resolve(path)).POST(BodyPublishers.ofString(body)));
    }

    Reply infer(String model, String body) {
        return post("/v2/models/" + model + "/infer", body);
    }

    /** A request to {@code simple} whose INPUT0 is {@code first} and up, and INPUT1 all ones. */
    static String simpleRequest(int first) {
        String input0 =
                IntStream.range(first, first + 16).mapToObj(String::valueOf).collect(Collectors.joining(",", "[", "]"));
        String input1 = IntStream.range(0, 16).mapToObj(i -> "1").collect(Collectors.joining(",", "[", "]"));
        return """
            {"inputs":[{"name":"INPUT0","shape":[1,16],"datatype":"INT32","data":%s},\
            {"name":"INPUT1","shape":[1,16],"datatype":"INT32","data":%s}]}""".formatted(input0, input1);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
