package io.longshore.ejb.server;

import io.longshore.ejb.cache.CaffeineResponseCache;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ServerMetrics;
import io.longshore.tensor.BudgetedAllocator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of the server tell monitoring.
 *
 * @param engine the engine
 * @param allocator memory for requests and responses
 * @param cache keeps responses; null = there is none
 */
record EngineMetrics(
        InferenceEngine engine,
        BudgetedAllocator allocator,
        @Nullable CaffeineResponseCache cache) implements ServerMetrics {
    @Override
    public List<ModelMetrics> models() {
        return engine.metrics();
    }

    @Override
    public ServerLoad load() {
        return new ServerLoad(
                engine.requestsInFlight(),
                engine.refusals(),
                new RequestMemory(allocator.inUse(), allocator.limit(), allocator.refusals()),
                cache == null ? null : cache.load());
    }
}
