package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.Readiness;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.DataType;
import java.util.List;

/** A server with the model text, which turns a text IN into texts OUT. */
final class TextModel extends NoStatus {
    @Override
    public Readiness readiness(ModelSelector model) {
        return model.name().equals("text") ? Readiness.READY : Readiness.notReady("none");
    }

    @Override
    public ModelDescription describe(ModelSelector model) {
        if (!model.name().equals("text")) {
            throw new InferenceException(ErrorCode.MODEL_NOT_FOUND, "no " + model.name());
        }
        try {
            ModelConfig config = ModelConfig.builder("text")
                    .backend("java")
                    .maxBatchSize(4)
                    .decoupled(true)
                    .inputs(List.of(ModelInput.of("IN", DataType.BYTES, 1L)))
                    .outputs(List.of(ModelOutput.of("OUT", DataType.BYTES, 1L)))
                    .build();
            return new ModelDescription(config, List.of(1L));
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<String> readyModels() {
        return List.of("text");
    }
}
