package io.longshore.ejb.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointProbeTest {
    private final ManualTime time = new ManualTime();
    private final AtomicInteger status = new AtomicInteger(404);
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/health/live", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void webModuleStartsLater_answersThen() {
        CompletableFuture<Boolean> answered = probe("0.0.0.0").toCompletableFuture();
        time.pass(Duration.ofMillis(25));
        assertThat(answered).isNotDone();

        status.set(200);
        time.pass(Duration.ofMillis(25));

        assertThat(answered).isCompletedWithValue(true);
    }

    @Test
    void noAnswerInTime_givesUp() {
        CompletableFuture<Boolean> answered = probe("127.0.0.1").toCompletableFuture();

        time.pass(Duration.ofMillis(150));

        assertThat(answered).isCompletedWithValue(false);
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void port_answersOnceItAcceptsConnections() {
        assertThat(portProbe()).isCompletedWithValue(true);

        server.stop(0);
        CompletableFuture<Boolean> unanswered = portProbe();
        time.pass(Duration.ofMillis(150));

        assertThat(unanswered).isCompletedWithValue(false);
    }

    private CompletableFuture<Boolean> portProbe() {
        return EndpointProbe.ofPort("*", server.getAddress().getPort(), Runnable::run, time, time)
                .answersWithin(Duration.ofMillis(100))
                .toCompletableFuture();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,http://127.0.0.1:80", "::1,http://[::1]:80", "[::1],http://[::1]:80"})
    void url_bracketsIpv6(String address, String url) {
        assertThat(EndpointProbe.url(address, 80)).isEqualTo(url);
    }

    private CompletionStage<Boolean> probe(String address) {
        return new EndpointProbe(address, server.getAddress().getPort(), Runnable::run, time, time)
                .answersWithin(Duration.ofMillis(100));
    }
}
