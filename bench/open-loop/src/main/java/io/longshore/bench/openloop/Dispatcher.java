package io.longshore.bench.openloop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request a connection, or lets it wait for one with its clock running, so that a slow answer delays the
 * figures of those behind it as it delays the clients behind it. Confined to the event loop.
 */
final class Dispatcher {
    private final Deque<Connection> idle;
    private final Queue<Request> waiting = new ArrayDeque<>();
    private final Executor loop;
    private final LongSupplier nanoTime;
    private final Outcomes outcomes;

    Dispatcher(List<Connection> connections, Executor loop, LongSupplier nanoTime, Outcomes outcomes) {
        this.idle = new ArrayDeque<>(connections);
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.outcomes = outcomes;
    }

    /** A request that was meant to be sent at {@code dueNanos} of the clock. */
    void arrive(int index, long dueNanos) {
        Request request = new Request(index, dueNanos);
        Connection connection = idle.poll();
        if (connection == null) {
            waiting.add(request);
        } else {
            send(connection, request);
        }
    }

    private void send(Connection connection, Request request) {
        outcomes.sent(request.index, nanoTime.getAsLong() - request.dueNanos);
        connection.send(fault -> ended(connection, request, fault));
    }

    private void ended(Connection connection, Request request, @Nullable String fault) {
        outcomes.ended(request.index, nanoTime.getAsLong() - request.dueNanos, fault);
        // Not from here: a server that is gone fails each request at once, and so many calls deep.
        loop.execute(() -> release(connection));
    }

    /** The connection used last is used next, so that few stay idle long enough for the server to hang up. */
    private void release(Connection connection) {
        Request next = waiting.poll();
        if (next == null) {
            idle.push(connection);
        } else {
            send(connection, next);
        }
    }

    private record Request(int index, long dueNanos) {}
}
