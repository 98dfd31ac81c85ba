package io.longshore.backend.java;

import io.longshore.spi.BackendInstance;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import java.util.concurrent.CompletableFuture;

/**
 * Calls one object for one item after the other, or a shared object for all items at once.
 */
final class JavaBackendInstance implements BackendInstance {
    private final ModelRuntime runtime;
    private final ModelCode object;
    private final boolean shared;
    private final Runnable whenClosed;
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

    /** @param whenClosed closes what the instance has for itself */
    JavaBackendInstance(ModelRuntime runtime, ModelCode object, boolean shared, Runnable whenClosed) {
        this.runtime = runtime;
        this.object = object;
        this.shared = shared;
        this.whenClosed = whenClosed;
    }

    @Override
    public synchronized void execute(Execution execution) {
        for (ExecutionItem item : execution.items()) {
            UserCall call = UserCall.of(runtime, object, item);
            idle = shared || idle.isDone() ? call.start() : idle.thenCompose(done -> call.start());
        }
    }

    @Override
    public void close() {
        whenClosed.run();
    }
}
