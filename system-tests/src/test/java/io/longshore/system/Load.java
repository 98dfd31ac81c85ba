package io.longshore.system;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that call as fast as they get answers, until they are stopped. */
final class Load implements AutoCloseable {
    private final ExecutorService threads;
    private final List<Future<?>> clients = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong completed = new AtomicLong();

    private Load(int clientCount) {
        threads = Executors.newFixedThreadPool(clientCount);
    }

    /** What a client does again and again; false = it should do no more. */
    @FunctionalInterface
    interface Step {
        boolean run() throws Exception;
    }

    static Load start(int clientCount, Step step) {
        Load load = new Load(clientCount);
        for (int i = 0; i < clientCount; i++) {
            load.clients.add(load.threads.submit(() -> {
                while (!load.stopped.get() && step.run()) {
                    load.completed.incrementAndGet();
                }
                return null;
            }));
        }
        return load;
    }

    /** Steps that ended well so far. */
    long completed() {
        return completed.get();
    }

    /** Waits until every client has ended, and throws what one of them threw. */
    void join() throws Exception {
        for (Future<?> client : clients) {
            client.get();
        }
    }

    /** Stops the clients after the step that each is at, and throws what one of them threw. */
    void stop() throws Exception {
        stopped.set(true);
        join();
    }

    @Override
    public void close() {
        stopped.set(true);
        threads.shutdownNow();
    }
}
