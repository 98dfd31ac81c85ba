package io.longshore.protocol.config;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import java.util.List;

/** Reads {@code config.pbtxt}. Thread-safe. */
public final class ModelConfigReader {
    /**
     * What a file says.
     *
     * @param config to be completed by the backend
     * @param notes fields that have no effect here, each a sentence for the log
     */
    public record Result(ModelConfig.Builder config, List<String> notes) {
        public Result {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Reads a configuration.
     *
     * @param modelName the name of the model's folder, which the configuration's name must equal
     * @param text the file's content
     * @param fileName the file as problems are to name it
     * @throws InvalidModelConfigException with every problem found
     */
    public Result read(String modelName, String text, String fileName) throws InvalidModelConfigException {
        if (!text.isBlank()) {
            throw new InvalidModelConfigException(List.of(fileName + ": only an empty configuration is read yet"));
        }
        return new Result(ModelConfig.builder(modelName), List.of());
    }
}
