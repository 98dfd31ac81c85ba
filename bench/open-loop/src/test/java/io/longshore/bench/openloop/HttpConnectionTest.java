package io.longshore.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
    private static final byte[] BODY = "the body".getBytes(StandardCharsets.UTF_8);

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<String> received = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/ok", exchange -> answer(exchange, 200));
        server.createContext("/full", exchange -> answer(exchange, 503));
        server.createContext("/last", exchange -> {
            exchange.getResponseHeaders().set("Connection", "Close");
            answer(exchange, 200);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    }

    @Test
    void requests_shareAConnection() throws Exception {
        HttpConnection connection = connection("/ok");
        assertThat(sent(connection)).isEmpty();
        assertThat(sent(connection)).isEmpty();
        assertThat(received).hasSize(2).allMatch(text -> text.startsWith("the body application/json "));
        assertThat(received).as("the client's port").containsOnly(received.get(0));
    }

    @Test
    void otherStatus_isAFaultWithItsText() throws Exception {
        HttpConnection connection = connection("/full");
        assertThat(sent(connection)).hasValue("status 503: no");
        assertThat(sent(connection)).hasValue("status 503: no");
    }

    @Test
    void serverHungUp_nextRequestConnectsAgain() throws Exception {
        HttpConnection connection = connection("/ok");
        assertThat(sent(connection)).isEmpty();
        loops.submit(connection::close).get();
        assertThat(sent(connection)).isEmpty();
        assertThat(received.get(0)).isNotEqualTo(received.get(1));
    }

    @Test
    void serverSaysThatItHangsUp_nextRequestConnectsAgain() throws Exception {
        HttpConnection connection = connection("/last");
        assertThat(sent(connection)).isEmpty();
        assertThat(sent(connection)).isEmpty();
        assertThat(received).hasSize(2);
        assertThat(received.get(0)).isNotEqualTo(received.get(1));
    }

    @Test
    void serverHangsUpWhileTheNextRequestComes_goesOutAgain() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpConnection connection = connection("/ok", listening.getLocalPort());
            CompletableFuture<Optional<String>> second;
            try (Socket accepted = acceptedAfter(send(connection), listening)) {
                second = send(connection);
                assertThat(accepted.getInputStream().read()).isPositive();
            }
            acceptedAfter(second, listening).close();
        }
    }

    /** The next connection, on which this request was answered. */
    private static Socket acceptedAfter(CompletableFuture<Optional<String>> sent, ServerSocket listening)
            throws Exception {
        Socket accepted = listening.accept();
        answerOn(accepted);
        assertThat(sent.get(30, TimeUnit.SECONDS)).isEmpty();
        return accepted;
    }

    @Test
    void serverHangsUpOnANewConnection_isAFault() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Optional<String>> sent = send(connection("/ok", listening.getLocalPort()));
            listening.accept().close();
            assertThat(sent.get(30, TimeUnit.SECONDS)).isPresent();
        }
    }

    /** Reads a request of this test and answers it, and keeps the connection. */
    private static void answerOn(Socket accepted) throws IOException {
        byte[] end = ("\r\n\r\n" + new String(BODY, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        StringBuilder request = new StringBuilder();
        while (!request.toString().endsWith(new String(end, StandardCharsets.UTF_8))) {
            request.append((char) accepted.getInputStream().read());
        }
        accepted.getOutputStream()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void nobodyListens_isAFault() throws Exception {
        HttpConnection connection = connection("/ok");
        server.stop(0);
        assertThat(sent(connection))
                .hasValueSatisfying(fault -> assertThat(fault).startsWith("cannot connect"));
    }

    private HttpConnection connection(String path) {
        return connection(path, server.getAddress().getPort());
    }

    private HttpConnection connection(String path, int port) {
        URI target = URI.create("http://127.0.0.1:" + port + path);
        return new HttpConnection(loops, target, BODY, Map.of("content-type", "application/json"));
    }

    private Optional<String> sent(HttpConnection connection) throws Exception {
        return send(connection).get(30, TimeUnit.SECONDS);
    }

    private CompletableFuture<Optional<String>> send(HttpConnection connection) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        loops.execute(() -> connection.send(fault -> answer.complete(Optional.ofNullable(fault))));
        return answer;
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(body + " " + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                + exchange.getRemoteAddress().getPort());
        exchange.sendResponseHeaders(status, 2);
        exchange.getResponseBody().write("no".getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }
}
