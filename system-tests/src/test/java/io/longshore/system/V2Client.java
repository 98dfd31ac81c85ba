package io.longshore.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * A client of the V2 protocol for tests; repeats no request, so one that is lost is seen. Thread-safe.
 *
 * <p>Not over the JDK's HTTP client: that of JDK 17 now and then hands an answer to the watcher of its idle connections, and
 * says that none came (JDK-8338569, JDK-8357639). Of a socket server that does nothing else it lost 90 of 4,159,959 answers.
 */
final class V2Client {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As many as any test has clients. */
    private static final int MOST_CONNECTIONS = 1000;

    private final CloseableHttpClient http = HttpClients.custom()
            .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(MOST_CONNECTIONS)
                    .setMaxConnPerRoute(MOST_CONNECTIONS)
                    .build())
            .disableAutomaticRetries()
            .disableContentCompression()
            .disableRedirectHandling()
            .build();
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
        return send(new HttpGet(base.resolve(path)));
    }

    Reply post(String path, String body) {
        HttpPost request = new HttpPost(base.resolve(path));
        request.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), null));
        return send(request);
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

    private Reply send(HttpUriRequestBase request) {
        try {
            return http.execute(
                    request,
                    response -> new Reply(
                            response.getCode(), EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
