package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;

/** The models that ensembles are made of, as the engine serves them. Thread-safe. */
public interface PartModels {
    /**
     * Keeps the version that is wanted now from being unloaded.
     *
     * @throws InferenceException saying why there is none
     */
    Part lease(ModelSelector model);

    /** Why a request to the model would not be served now; empty where it would be. */
    String notReadyBecause(ModelSelector model);

    /** Whether a sequence of this id is under way on the model. */
    boolean hasSequence(ModelSelector model, CorrelationId id);

    /** A version that stays loaded until it is closed, even when it is unloaded or replaced meanwhile. Thread-safe. */
    interface Part extends AutoCloseable {
        /** The version's configuration. */
        ModelConfig config();

        /** As {@link io.longshore.inference.InferenceService#infer}, on this version and no other. */
        InferenceCall infer(InferenceRequest request, ResponseSink sink);

        @Override
        void close();
    }
}
