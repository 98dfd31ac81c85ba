package io.longshore.engine;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ResponseSink;
import io.longshore.lifecycle.ModelCatalog;
import io.longshore.lifecycle.ModelHandle;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.schedule.PartModels;
import java.util.Optional;

/** The catalog's models as parts of ensembles. Thread-safe. */
final class CatalogParts implements PartModels {
    private final ModelCatalog catalog;
    private final LeasedInference inference;

    /**
     * @param catalog where the models are
     * @param inference runs requests
     */
    CatalogParts(ModelCatalog catalog, LeasedInference inference) {
        this.catalog = catalog;
        this.inference = inference;
    }

    /** Runs requests on versions that are leased already. */
    @FunctionalInterface
    interface LeasedInference {
        /** As {@link io.longshore.inference.InferenceService#infer}, on a version whose lease stays the caller's. */
        InferenceCall infer(ModelHandle leased, InferenceRequest request, ResponseSink sink);
    }

    @Override
    public Part lease(ModelSelector model) {
        return new LeasedPart(catalog.acquire(model).keeping(), inference);
    }

    @Override
    public String notReadyBecause(ModelSelector model) {
        return catalog.readiness(model).reason();
    }

    @Override
    public boolean hasSequence(ModelSelector model, CorrelationId id) {
        Optional<ModelHandle> found = catalog.acquireWith(id, model);
        found.ifPresent(ModelHandle::close);
        return found.isPresent();
    }

    private record LeasedPart(ModelHandle handle, LeasedInference inference) implements Part {
        @Override
        public ModelConfig config() {
            return handle.config();
        }

        @Override
        public InferenceCall infer(InferenceRequest request, ResponseSink sink) {
            return inference.infer(handle, request, sink);
        }

        @Override
        public void close() {
            handle.close();
        }
    }
}
