package io.longshore.backend.java;

import io.longshore.spi.BackendInstance;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import java.util.concurrent.CompletableFuture;

/**
 * Calls one object for one item after the other, or a shared object for all items at once. An object that still works on a
 * request which was abandoned gets the next one when it has returned.
 */
final class JavaBackendInstance implements BackendInstance {
    private final ModelRuntime runtime;
    private final ModelCode object;
    private final boolean shared;
    private final Runnable onClosed;
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

    /** @param onClosed run once the instance is closed and its object idle */
    JavaBackendInstance(ModelRuntime runtime, ModelCode object, boolean shared, Runnable onClosed) {
        this.runtime = runtime;
        this.object = object;
        this.shared = shared;
        this.onClosed = onClosed;
    }

    @Override
    public synchronized void execute(Execution execution) {
        for (ExecutionItem item : execution.items()) {
            UserCall call = UserCall.of(runtime, object, item);
            if (shared) {
                CompletableFuture<Void> started = call.start();
                idle = idle.isDone() ? started : CompletableFuture.allOf(idle, started);
            } else {
                idle = idle.isDone() ? call.start() : idle.thenCompose(done -> call.start());
            }
        }
    }

    @Override
    public synchronized void close() {
        idle = idle.thenRun(onClosed);
    }
}
