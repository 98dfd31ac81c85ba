package io.longshore.protocol.rest;

import io.longshore.inference.ModelDescription;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import java.util.List;

/** A batched model with an input of each kind that generate requests meet. */
final class GenerateModel {
    static final ModelDescription DESCRIPTION = batched(
            8,
            ModelInput.of("text", DataType.BYTES, 1L),
            ModelInput.of("stream", DataType.BOOL, 1L),
            ModelInput.of("ids", DataType.INT64, -1L),
            ModelInput.of("pairs", DataType.FP32, -1L, 2L),
            ModelInput.of("grid", DataType.FP64, -1L, -1L),
            ModelInput.of("half", DataType.FP16, 1L),
            ModelInput.of("none", DataType.UINT8, 0L),
            ModelInput.of("words", DataType.BYTES, -1L));

    private GenerateModel() {}

    /** A model with these inputs. */
    static ModelDescription batched(int maxBatchSize, ModelInput... inputs) {
        try {
            ModelConfig config = ModelConfig.builder("m")
                    .backend("java")
                    .maxBatchSize(maxBatchSize)
                    .inputs(List.of(inputs))
                    .outputs(List.of(ModelOutput.of("out", DataType.BYTES, 1L)))
                    .build();
            return new ModelDescription(config, List.of(1L));
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
