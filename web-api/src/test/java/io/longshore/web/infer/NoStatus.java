package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Readiness;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import java.util.List;

/** A server without models. */
public class NoStatus implements ServerStatus {
    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public boolean isStarted() {
        return true;
    }

    @Override
    public Readiness readiness() {
        return Readiness.READY;
    }

    @Override
    public Readiness readiness(ModelSelector model) {
        return Readiness.notReady("none");
    }

    @Override
    public ModelDescription describe(ModelSelector model) {
        throw new InferenceException(ErrorCode.MODEL_NOT_FOUND, "none");
    }

    @Override
    public List<ModelStatistics> statistics() {
        return List.of();
    }

    @Override
    public List<ModelStatistics> statistics(ModelSelector model) {
        return List.of();
    }

    @Override
    public List<String> readyModels() {
        return List.of();
    }
}
