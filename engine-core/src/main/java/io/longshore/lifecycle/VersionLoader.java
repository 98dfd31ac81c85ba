package io.longshore.lifecycle;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.repository.ModelFolder;
import io.longshore.spi.BackendException;

/** Loads single versions. Thread-safe. */
@FunctionalInterface
interface VersionLoader {
    /** Loads one version and makes its instances; may take long. */
    ModelVersion load(ModelFolder folder, long version) throws BackendException, InvalidModelConfigException;
}
