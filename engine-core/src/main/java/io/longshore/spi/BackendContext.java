package io.longshore.spi;

import io.longshore.inference.InferenceService;
import io.longshore.tensor.MemoryAllocator;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What the engine lends to a backend.
 *
 * @param settings the backend's own settings ({@code --backend-config}), by name
 * @param allocator memory for outputs; direct
 * @param executor threads for work that outlives {@link BackendInstance#execute}
 * @param inference for code inside models that calls other models
 */
public record BackendContext(
        Map<String, String> settings, MemoryAllocator allocator, Executor executor, InferenceService inference) {
    public BackendContext {
        settings = Map.copyOf(settings);
    }
}
