package io.longshore.web.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longshore.web.http.ContentCoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/**
 * The port for metrics: {@code GET /metrics} and nothing else. The page is complete before its first byte is written, so a
 * slow reader holds nothing but one of few threads, and that only until the JDK's server cuts it off
 * ({@code sun.net.httpserver.maxReqTime} and {@code maxRspTime} in {@code jvm.options}). Thread-safe.
 */
final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(MetricsServer.class.getName());
    private static final int THREADS = 4;
    private static final int WAITING = 64;
    private static final int IDLE_SECONDS = 10;
    private static final int NO_BODY = -1;

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Supplier<byte[]> page;

    private MetricsServer(HttpServer server, ThreadPoolExecutor threads, Supplier<byte[]> page) {
        this.server = server;
        this.threads = threads;
        this.page = page;
    }

    /**
     * Listens.
     *
     * @param address a host name or an address; {@code *} = all
     * @param port 0 = any free one
     * @param source gives the threads
     * @param page the page at each moment
     * @throws IOException if the address cannot be listened on; nothing is left behind
     */
    static MetricsServer start(String address, int port, ThreadFactory source, Supplier<byte[]> page)
            throws IOException {
        InetSocketAddress at = address.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
        if (at.isUnresolved()) {
            throw new IOException("unknown host");
        }
        HttpServer server = HttpServer.create(at, WAITING);
        MetricsServer started = new MetricsServer(server, threads(source), page);
        server.setExecutor(started.threads);
        server.createContext("/", started::handle);
        server.start();
        return started;
    }

    private static ThreadPoolExecutor threads(ThreadFactory source) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
                    Thread thread = source.newThread(task);
                    thread.setName("longshore-metrics-" + count.incrementAndGet());
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** The port that it listens on. */
    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String method = exchange.getRequestMethod();
            if (!"/metrics".equals(path) && !"/metrics/".equals(path)) {
                refuse(exchange, 404, "only /metrics is served here");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                refuse(exchange, 405, "use GET");
            } else {
                show(exchange);
            }
        }
    }

    private void show(HttpExchange exchange) throws IOException {
        byte[] content;
        try {
            content = page.get();
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.ERROR, "the metrics could not be written", e);
            refuse(exchange, 500, "internal error: " + e);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", MetricsPage.CONTENT_TYPE);
        exchange.getResponseHeaders().set("Vary", "Accept-Encoding");
        String accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        if (ContentCoding.ofAcceptEncoding(accepted) == ContentCoding.GZIP) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            content = gzip(content);
        }
        answer(exchange, 200, content);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(content);
        }
        return compressed.toByteArray();
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        answer(exchange, status, (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, NO_BODY);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Takes no more connections, cuts off those there are, and ends all threads. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
