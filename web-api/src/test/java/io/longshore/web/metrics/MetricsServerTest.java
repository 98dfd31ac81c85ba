package io.longshore.web.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private volatile boolean broken;
    private MetricsServer server;

    @BeforeEach
    void start() throws IOException {
        server = MetricsServer.start("127.0.0.1", 0, this::newThread, this::page);
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
        for (Thread thread : threads) {
            thread.join(30_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private byte[] page() {
        if (broken) {
            throw new IllegalStateException("the page is torn");
        }
        return "a_metric 1\n".getBytes(StandardCharsets.UTF_8);
    }

    private Thread newThread(Runnable task) {
        Thread thread = new Thread(task);
        threads.add(thread);
        return thread;
    }

    @ParameterizedTest
    @CsvSource({"/metrics", "/metrics/", "/metrics?name=x"})
    void metrics_areShown(String path) throws Exception {
        HttpResponse<String> answer = send(request(path));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("a_metric 1\n");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/,404",
        "GET,/v2/models/m,404",
        "GET,/metrics/x,404",
        "POST,/metrics,405",
        "POST,/v2/models/m/infer,404"
    })
    void anythingElse_isRefused(String method, String path, int status) throws Exception {
        assertThat(send(request(path).method(method, BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(status);
    }

    @Test
    void head_hasNoBody() throws Exception {
        HttpResponse<String> answer = send(request("/metrics").method("HEAD", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void clientThatTakesGzip_getsIt() throws Exception {
        HttpResponse<byte[]> answer = client.send(
                request("/metrics").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());

        assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertThat(body.readAllBytes()).isEqualTo(page());
        }
    }

    @Test
    void brokenPage_isAnErrorAndTheNextOneIsShown() throws Exception {
        broken = true;
        HttpResponse<String> answer = send(request("/metrics"));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("the page is torn");
        broken = false;

        assertThat(send(request("/metrics")).statusCode()).isEqualTo(200);
    }

    @Test
    void clientThatSendsNothing_holdsNobodyUp() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                assertThat(silent.isConnected()).isTrue();
                assertThat(send(request("/metrics")).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void portInUse_isAnErrorThatLeavesNothingBehind() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> MetricsServer.start("*", taken.getLocalPort(), this::newThread, this::page))
                    .isInstanceOf(IOException.class);
            assertThat(threads).isEmpty();
        }
    }

    @Test
    void unknownHost_isAnError() {
        assertThatThrownBy(() -> MetricsServer.start("no such host", 0, this::newThread, this::page))
                .isInstanceOf(IOException.class)
                .hasMessage("unknown host");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
