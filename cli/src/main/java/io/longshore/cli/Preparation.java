package io.longshore.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Waits beside the starting server until it answers, sends it a few requests, and ends the JVM. What Liberty has cached on
 * disk by then, and the classes that the JVM archives at its end, make later starts faster. One thread of its own.
 */
final class Preparation {
    private static final int ATTEMPTS = 1200;
    private static final int INTERVAL_MILLIS = 100;
    private static final List<String> PAGES =
            List.of("/v2", "/v2/health/live", "/health/ready", "/v2/models/simple", "/metrics");
    private static final String SIMPLE_REQUEST = """
            {"inputs":[{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":[%1$s]},
            {"name":"INPUT1","datatype":"INT32","shape":[1,16],"data":[%1$s]}]}
            """.formatted("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16");

    private final String address;
    private final IntConsumer exit;
    private int attempts;

    /**
     * For a server on the loopback interface.
     *
     * @param port where it will listen
     * @param exit ends the JVM with a status: 0 when the server has answered, 1 when it has not within two minutes
     */
    Preparation(int port, IntConsumer exit) {
        this.address = "http://127.0.0.1:" + port;
        this.exit = exit;
    }

    /** A port that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Begins to look for the server. */
    void start() {
        TimerTask attempt = new TimerTask() {
            @Override
            public void run() {
                attempt();
            }
        };
        new Timer("longshore-prepare", true).schedule(attempt, INTERVAL_MILLIS, INTERVAL_MILLIS);
    }

    private void attempt() {
        attempts++;
        if (answers("/v2/health/ready")) {
            PAGES.forEach(this::answers);
            infer();
            exit.accept(0);
        } else if (attempts >= ATTEMPTS) {
            exit.accept(1);
        }
    }

    private boolean answers(String page) {
        try {
            return connection(page).getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** One inference, for the classes on its way; an installation without the model answers with an error, which is as good. */
    private boolean infer() {
        try {
            HttpURLConnection connection = connection("/v2/models/simple/infer");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            try (OutputStream body = connection.getOutputStream()) {
                body.write(SIMPLE_REQUEST.getBytes(StandardCharsets.UTF_8));
            }
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException unanswered) {
            return false;
        }
    }

    private HttpURLConnection connection(String page) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address + page).toURL().openConnection();
        connection.setConnectTimeout((int) TimeUnit.SECONDS.toMillis(5));
        connection.setReadTimeout((int) TimeUnit.SECONDS.toMillis(30));
        return connection;
    }
}
