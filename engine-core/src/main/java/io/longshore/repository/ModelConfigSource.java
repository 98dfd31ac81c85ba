package io.longshore.repository;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;

/** Reads the configuration that stands beside a model. Thread-safe. */
@FunctionalInterface
public interface ModelConfigSource {
    /**
     * What the model's configuration file says; an empty builder where there is none.
     *
     * @throws InvalidModelConfigException naming every problem of the file
     */
    ModelConfig.Builder read(ModelFolder folder) throws InvalidModelConfigException;
}
