package io.longshore.web.grpc;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Caching;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.inference.Readiness;
import io.longshore.inference.ServerStatus;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.OptionalLong;

/** A server with the models m and decoupled, which are ready, and the model broken, which is not. */
final class FewModels implements ServerStatus {
    private static final List<String> READY = List.of("decoupled", "m");

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
        return Readiness.notReady("broken");
    }

    @Override
    public Readiness readiness(ModelSelector model) {
        return READY.contains(model.name()) ? Readiness.READY : Readiness.notReady("no");
    }

    @Override
    public ModelDescription describe(ModelSelector model) {
        if (!READY.contains(model.name())) {
            throw new InferenceException(
                    model.name().equals("broken") ? ErrorCode.MODEL_NOT_READY : ErrorCode.MODEL_NOT_FOUND,
                    "no " + model.name());
        }
        return new ModelDescription(config(model.name()), List.of(1L, 3L));
    }

    private static ModelConfig config(String name) {
        try {
            return ModelConfig.builder(name)
                    .decoupled(name.equals("decoupled"))
                    .backend("java")
                    .maxBatchSize(4)
                    .inputs(List.of(ModelInput.of("IN", DataType.INT8, -1L)))
                    .outputs(List.of(ModelOutput.of("OUT", DataType.FP32, 2L)))
                    .build();
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<ModelStatistics> statistics() {
        return List.of(new ModelStatistics(
                "m",
                3,
                OptionalLong.empty(),
                5,
                2,
                new Total(2, 40),
                new Total(1, 7),
                new Total(0, 0),
                new Total(2, 10),
                new Compute(2, 5, 21, 4),
                new Caching(new Total(6, 60), new Total(3, 33)),
                List.of(
                        new ModelStatistics.Batch(1, new Compute(1, 2, 9, 1)),
                        new ModelStatistics.Batch(4, new Compute(1, 3, 12, 3)))));
    }

    @Override
    public List<ModelStatistics> statistics(ModelSelector model) {
        if (!model.name().equals("m")) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT, "requested model '" + model.name() + "' is not available");
        }
        return statistics();
    }

    @Override
    public List<String> readyModels() {
        return READY;
    }
}
