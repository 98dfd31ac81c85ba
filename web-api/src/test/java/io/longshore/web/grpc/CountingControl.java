package io.longshore.web.grpc;

import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelUpload;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Loads nothing, throws away what is uploaded, and counts uploads that are open. Not thread-safe. */
final class CountingControl implements ModelControl {
    private int open;

    /** Uploads that were begun and not closed. */
    int open() {
        return open;
    }

    @Override
    public CompletionStage<Void> load(String name, LoadOverride override) {
        override.close();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> unload(String name, boolean withDependents) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public ModelUpload beginUpload() {
        open++;
        return new ModelUpload() {
            private boolean closed;

            @Override
            public OutputStream file(String name) {
                return OutputStream.nullOutputStream();
            }

            @Override
            public void close() {
                open -= closed ? 0 : 1;
                closed = true;
            }
        };
    }

    @Override
    public List<ModelStatus> index() {
        return List.of();
    }
}
