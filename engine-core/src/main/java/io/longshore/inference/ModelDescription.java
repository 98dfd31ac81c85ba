package io.longshore.inference;

import io.longshore.model.ModelConfig;
import java.util.List;

/**
 * What a client may know of a model that is ready.
 *
 * @param config the configuration of the version that was asked for
 * @param versions the versions that are ready, ascending; just the one asked for where one was
 */
public record ModelDescription(ModelConfig config, List<Long> versions) {
    public ModelDescription {
        versions = List.copyOf(versions);
    }
}
