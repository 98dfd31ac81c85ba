package io.longshore.lifecycle;

import io.longshore.inference.InferenceResponse;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.repository.LabelFiles;
import io.longshore.schedule.Classification;
import io.longshore.schedule.ResponseShaper;
import io.longshore.tensor.MemoryAllocator;
import java.nio.file.Path;

/** Makes responses of a version's outputs: in the shapes that are declared to callers, and classified where they ask for that. */
final class OutputShaping {
    private OutputShaping() {}

    /**
     * What shapes the outputs of a version.
     *
     * @param modelFolder where the files of labels are
     * @param allocator memory for outputs that are classified
     * @throws InvalidModelConfigException if a file of labels cannot be read, is too large or is outside of the folder
     */
    static ResponseShaper of(ModelId id, ModelConfig config, Path modelFolder, MemoryAllocator allocator)
            throws InvalidModelConfigException {
        Classification classes = new Classification(config, LabelFiles.read(modelFolder, config), allocator);
        OutputReshape reshape = new OutputReshape(config);
        return (request, outputs, parameters) ->
                new InferenceResponse(request.id(), id, classes.apply(request, reshape.apply(outputs)), parameters);
    }
}
