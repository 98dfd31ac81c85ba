package io.longshore.protocol.config;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import java.util.List;

/** Reads {@code config.pbtxt}, and the configuration that a load overrides it with. Thread-safe. */
public final class ModelConfigReader {
    private static final String OVERRIDE = "config override";

    /** A reader. */
    public ModelConfigReader() {}

    /**
     * What a configuration says.
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
            new ConfigMapper(parsed.message(), parsed.lines(), findings).map(modelName, config);
        }
        return result(config, findings);
    }

    /**
     * Reads a configuration as protobuf's JSON: names as in the schema or in camel case, numbers also as strings, names of
     * enum values in any case.
     *
     * @param modelName the name of the model, which the configuration's name must equal where it states one
     * @throws InvalidModelConfigException with every problem found, each with the field and what would be right, as problems
     *     of {@value #OVERRIDE}
     */
    public Result readOverride(String modelName, String json) throws InvalidModelConfigException {
        ConfigFindings findings = new ConfigFindings(OVERRIDE);
        ModelConfig.Builder config = ModelConfig.builder(modelName);
        JsonConfig.parse(json, findings)
                .ifPresent(parsed -> new ConfigMapper(parsed.message(), parsed, findings).map(modelName, config));
        return result(config, findings);
    }

    private static Result result(ModelConfig.Builder config, ConfigFindings findings)
            throws InvalidModelConfigException {
        if (!findings.problems().isEmpty()) {
            throw new InvalidModelConfigException(findings.problems());
        }
        return new Result(config, findings.notes());
    }
}
