package io.longshore.ejb.process;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Finds out when an endpoint of this server answers. The container opens its port and starts its web modules when it
 * thinks fit and tells nobody, while the start line promises that the next request is served: so it asks until it gets
 * an answer.
 */
public final class EndpointProbe {
    private static final Duration INTERVAL = Duration.ofMillis(25);
    private static final int CONNECT_MILLIS = 500;
    private static final int READ_MILLIS = 2000;

    private final BooleanSupplier isAnswering;
    private final Executor executor;
    private final Delayer delayer;
    private final Ticker ticker;

    private EndpointProbe(BooleanSupplier isAnswering, Executor executor, Delayer delayer, Ticker ticker) {
        this.isAnswering = isAnswering;
        this.executor = executor;
        this.delayer = delayer;
        this.ticker = ticker;
    }

    /**
     * Of the HTTP endpoint, which answers requests.
     *
     * @param address the address of the endpoint; one that means all interfaces is asked through the loopback
     * @param executor runs the requests, which wait for their answers
     * @param delayer keeps the time between two requests, on the scale of {@code ticker}
     */
    public EndpointProbe(String address, int port, Executor executor, Delayer delayer, Ticker ticker) {
        this(httpRequest(address, port), executor, delayer, ticker);
    }

    /** Of an endpoint that serves as soon as it accepts connections; parameters as of the constructor. */
    public static EndpointProbe ofPort(String address, int port, Executor executor, Delayer delayer, Ticker ticker) {
        return new EndpointProbe(() -> accepts(address, port), executor, delayer, ticker);
    }

    private static BooleanSupplier httpRequest(String address, int port) {
        URI target = URI.create(url(reachable(address), port) + "/v2/health/live");
        return () -> answers(target);
    }

    private static boolean accepts(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(reachable(address), port), CONNECT_MILLIS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** {@code http://address:port}, with brackets around an IPv6 address. */
    public static String url(String address, int port) {
        boolean isIpv6 = address.contains(":") && !address.startsWith("[");
        return "http://" + (isIpv6 ? "[" + address + "]" : address) + ":" + port;
    }

    private static String reachable(String address) {
        return switch (address) {
            case "0.0.0.0", "*", "" -> "127.0.0.1";
            case "::", "[::]" -> "::1";
            default -> address;
        };
    }

    /**
     * Asks until there is an answer.
     *
     * @return whether there was one within {@code patience}; fails where the executor takes no more
     */
    public CompletionStage<Boolean> answersWithin(Duration patience) {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        ask(ticker.nanos() + patience.toNanos(), answered);
        return answered;
    }

    private void ask(long giveUpAt, CompletableFuture<Boolean> answered) {
        try {
            executor.execute(() -> askNow(giveUpAt, answered));
        } catch (RejectedExecutionException stopped) {
            answered.completeExceptionally(stopped);
        }
    }

    private void askNow(long giveUpAt, CompletableFuture<Boolean> answered) {
        if (isAnswering.getAsBoolean()) {
            answered.complete(true);
        } else if (ticker.nanos() - giveUpAt >= 0) {
            answered.complete(false);
        } else {
            delayer.schedule(() -> ask(giveUpAt, answered), ticker.nanos() + INTERVAL.toNanos());
        }
    }

    private static boolean answers(URI target) {
        try {
            HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException notYet) {
            return false;
        }
    }
}
