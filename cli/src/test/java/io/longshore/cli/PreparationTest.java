package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PreparationTest {
    @Test
    void answeringServer_isExercisedThenEnded() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer server = answering(asked);
        CompletableFuture<Integer> status = new CompletableFuture<>();
        try {
            new Preparation(server.getAddress().getPort(), status::complete).start();
            assertThat(status.get(1, TimeUnit.MINUTES)).isZero();
        } finally {
            server.stop(0);
        }
        assertThat(asked).startsWith("GET /v2/health/ready").contains("GET /v2", "POST /v2/models/simple/infer");
    }

    private static HttpServer answering(List<String> asked) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
