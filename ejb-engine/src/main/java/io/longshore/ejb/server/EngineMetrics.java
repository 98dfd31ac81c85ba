package io.longshore.ejb.server;

import io.longshore.engine.InferenceEngine;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ServerMetrics;
import io.longshore.tensor.BudgetedAllocator;
import java.util.List;

/**
 * What the parts of the server tell monitoring.
 *
 * @param engine the engine
 * @param allocator memory for requests and responses
 */
record EngineMetrics(InferenceEngine engine, BudgetedAllocator allocator) implements ServerMetrics {
    @Override
    public List<ModelMetrics> models() {
        return engine.metrics();
    }

    @Override
    public ServerLoad load() {
        return new ServerLoad(
                engine.requestsInFlight(),
                engine.refusals(),
                new RequestMemory(allocator.inUse(), allocator.limit(), allocator.refusals()));
    }
}
