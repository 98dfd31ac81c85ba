package io.longshore.system;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * The packaged server, started from its distribution by its own launcher as a user would, on a free port of the loopback
 * address. Stopped by {@link #close} if a test has not done so.
 */
final class LongshoreServer implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("longshore.home"));
    private static final Path LOGS = Path.of(System.getProperty("longshore.test.logs"));
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final Process process;
    private final int port;
    private final int grpcPort;
    private final int metricsPort;
    private final Path log;

    private LongshoreServer(Process process, int port, int grpcPort, int metricsPort, Path log) {
        this.process = process;
        this.port = port;
        this.grpcPort = grpcPort;
        this.metricsPort = metricsPort;
        this.log = log;
    }

    /** Starts a server over a repository and waits until its first round of loading is done. */
    static LongshoreServer start(Path repository, String... options) {
        List<String> all = new ArrayList<>(List.of("--model-repository=" + repository));
        all.addAll(List.of(options));
        return startWith(all);
    }

    /** Starts a server with these options alone, besides a free port. */
    static LongshoreServer startWith(List<String> options) {
        try {
            LongshoreServer server = launch(options);
            server.awaitStarted();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server without waiting for anything. */
    static LongshoreServer launch(List<String> options) throws IOException {
        int port = freePort();
        int grpcPort = freePort();
        int metricsPort = freePort();
        Path log = Files.createDirectories(LOGS).resolve("server-" + COUNTER.incrementAndGet() + "-" + port + ".log");
        List<String> command = new ArrayList<>(List.of(
                HOME.resolve("bin/longshore").toString(),
                "serve",
                "--http-port=" + port,
                "--grpc-port=" + grpcPort,
                "--metrics-port=" + metricsPort));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LONGSHORE_STATE_DIR", log + ".state");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new LongshoreServer(builder.start(), port, grpcPort, metricsPort, log);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStarted() {
        try {
            Awaitility.await()
                    .atMost(START_LIMIT)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !process.isAlive() || answers("/health/started"));
        } finally {
            if (!process.isAlive()) {
                fail("the server ended with exit code %d; its log:%n%s", process.exitValue(), logText());
            }
        }
    }

    private boolean answers(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
            return HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            // Not listening yet.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    int grpcPort() {
        return grpcPort;
    }

    int metricsPort() {
        return metricsPort;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** What the server has printed so far. */
    String logText() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process of the server's JVM, which the launcher runs. */
    ProcessHandle jvm() {
        return process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElse(process.toHandle());
    }

    /** Resident memory of the server's JVM in bytes. */
    long residentBytes() {
        return status("VmRSS") * 1024;
    }

    /** Threads of the server's JVM. */
    long threads() {
        return status("Threads");
    }

    private long status(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/" + jvm().pid() + "/status")).stream()
                    .filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks the server to end, as a container engine does, without waiting. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end; the launcher's exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            fail("the server did not end within %s; its log:%n%s", STOP_LIMIT, logText());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        terminate();
        try {
            awaitExit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
