package io.longshore.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a server holds, as its metrics and the system tell. Thread-safe. */
final class ServerState {
    private final HttpClient http = HttpClient.newHttpClient();
    private final LongshoreServer server;

    ServerState(LongshoreServer server) {
        this.server = server;
    }

    /** What Prometheus would see. */
    PrometheusText metrics() {
        URI uri = URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics");
        try {
            return PrometheusText.parse(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Requests of version 1 of a model that are not over. */
    double requestsInFlight(String model) {
        return metrics().value("longshore_requests_in_flight", "model", model, "version", "1");
    }

    /** The files that are mapped into the server's memory. */
    Set<String> mappedFiles() {
        Path maps = Path.of("/proc/" + server.jvm().pid() + "/maps");
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(line -> line.contains("/"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files that the server has open; sockets and the like left out. */
    Set<String> openFiles() {
        Path descriptors = Path.of("/proc/" + server.jvm().pid() + "/fd");
        try (Stream<Path> links = Files.list(descriptors)) {
            return links.map(ServerState::target)
                    .filter(target -> target.startsWith("/"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }
}
