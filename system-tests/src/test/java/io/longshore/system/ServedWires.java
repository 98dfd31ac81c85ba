package io.longshore.system;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A running server with the wires that a test is run over, and threads for clients that ask at once. Thread-safe. */
final class ServedWires implements AutoCloseable {
    private final LongshoreServer server;
    private final List<Wire> wires;
    private final ExecutorService clients = Executors.newCachedThreadPool();

    private ServedWires(LongshoreServer server, List<Wire> wires) {
        this.server = server;
        this.wires = wires;
    }

    /** A server over a repository, and each wire in each form of its messages. */
    static ServedWires inAllForms(TestRepository repository) {
        LongshoreServer server = LongshoreServer.start(repository.path());
        return new ServedWires(
                server,
                List.of(
                        new RestWire(server, false),
                        new RestWire(server, true),
                        new GrpcWire(server, GrpcWire.Form.RAW),
                        new GrpcWire(server, GrpcWire.Form.TYPED),
                        new GrpcWire(server, GrpcWire.Form.STREAM)));
    }

    /** A server over a repository, and each wire with tensors as raw bytes. */
    static ServedWires inRawForms(TestRepository repository) {
        LongshoreServer server = LongshoreServer.start(repository.path());
        return new ServedWires(server, List.of(new RestWire(server, true), new GrpcWire(server, GrpcWire.Form.RAW)));
    }

    LongshoreServer server() {
        return server;
    }

    List<Wire> all() {
        return wires;
    }

    /** Infers on a thread of its own. */
    CompletableFuture<WireAnswer> send(Wire wire, WireCall call) {
        return CompletableFuture.supplyAsync(() -> wire.infer(call), clients);
    }

    @Override
    public void close() {
        wires.forEach(Wire::end);
        clients.shutdownNow();
        server.close();
    }
}
