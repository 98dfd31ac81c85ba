package io.longshore.backend.java;

import io.longshore.tensor.MemoryAllocator;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Where a model's files are and what the server lends it.
 *
 * @param modelName the model's name
 * @param parameters the {@code parameters} of its configuration
 * @param modelFolder the model's folder; only to be read
 * @param versionFolder the folder of this version; only to be read
 * @param allocator direct memory for tensors that outlive a request; memory for outputs comes from the request's context
 * @param executor threads that may wait, for work beside a request
 */
public record ModelSetup(
        String modelName,
        Map<String, String> parameters,
        Path modelFolder,
        Path versionFolder,
        MemoryAllocator allocator,
        Executor executor) {
    public ModelSetup {
        parameters = Map.copyOf(parameters);
    }

    /** A parameter of the configuration. */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /**
     * A parameter of the configuration that must be there.
     *
     * @throws IllegalArgumentException naming it, if it is not
     */
    public String requiredParameter(String name) {
        return parameter(name)
                .orElseThrow(() -> new IllegalArgumentException("the configuration lacks the parameter '" + name
                        + "': add parameters { key: \"" + name + "\" value: { string_value: \"...\" } }"));
    }

    /**
     * A file of the model, by a path that its configuration may have given.
     *
     * @param relative its path inside the model's folder
     * @throws IllegalArgumentException if the path leads out of the model's folder
     */
    public Path modelFile(String relative) {
        Path base = modelFolder.normalize();
        Path file = base.resolve(relative).normalize();
        if (!file.startsWith(base) || file.equals(base)) {
            throw new IllegalArgumentException(
                    "path '" + relative + "' must name something inside the model's folder " + modelFolder);
        }
        return file;
    }
}
