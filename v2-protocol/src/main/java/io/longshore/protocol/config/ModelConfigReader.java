package io.longshore.protocol.config;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import java.util.List;

/** Reads {@code config.pbtxt}. Thread-safe. */
public final class ModelConfigReader {
    /** A reader. */
    public ModelConfigReader() {}

    /**
     * What a file says.
     *
     * @param config to be completed by the backend
     * @param notes fields that have no effect here, each a sentence for the log with file, line and field
     */
    public record Result(ModelConfig.Builder config, List<String> notes) {
        public Result {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Reads a configuration.
     *
     * @param modelName the name of the model's folder, which the configuration's name must equal where it states one
     * @param text the file's content
     * @param fileName the file as problems and notes are to name it
     * @throws InvalidModelConfigException with every problem found, each with file, line, field and what would be right
     */
    public Result read(String modelName, String text, String fileName) throws InvalidModelConfigException {
        ConfigFindings findings = new ConfigFindings(fileName);
        ConfigText parsed = ConfigText.parse(text, findings);
        ModelConfig.Builder config = ModelConfig.builder(modelName);
        if (parsed.isWhole()) {
            new ConfigMapper(parsed, findings).map(modelName, config);
        }
        if (!findings.problems().isEmpty()) {
            throw new InvalidModelConfigException(findings.problems());
        }
        return new Result(config, findings.notes());
    }
}
