package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceException;
import io.longshore.model.ModelSelector;

/** The model and version fields of every request. */
public final class ModelVersions {
    private ModelVersions() {}

    /**
     * The model that a request names.
     *
     * @param name its name; the empty one selects a model that there is not
     * @param version a number of at least 1, or empty for the highest version that is ready
     * @throws InferenceException INVALID_ARGUMENT if the version is neither
     */
    public static ModelSelector selector(String name, String version) {
        if (version.isEmpty()) {
            return ModelSelector.latest(name);
        }
        long number = number(version);
        return name.isEmpty() ? ModelSelector.latest(name) : ModelSelector.exact(name, number);
    }

    private static long number(String version) {
        long number;
        try {
            number = Long.parseLong(version);
        } catch (NumberFormatException e) {
            throw MessageErrors.versionNoNumber(version);
        }
        if (number < 1) {
            throw MessageErrors.versionNoNumber(version);
        }
        return number;
    }
}
