package io.longshore.inference;

import io.longshore.model.ModelSelector;
import java.util.List;

/** The port that tells how the server is. Every answer comes at once, without waiting for a lock. Thread-safe. */
public interface ServerStatus {
    /** Whether the server works at all; false once it is beyond recovery or has stopped. */
    boolean isLive();

    /** Whether the server has done its first round of loading, whatever came of it. */
    boolean isStarted();

    /** Whether requests are welcome. */
    Readiness readiness();

    /** Whether a request to this model would be served now. */
    Readiness readiness(ModelSelector model);

    /**
     * Describes a ready model.
     *
     * @throws InferenceException MODEL_NOT_FOUND, VERSION_NOT_FOUND or MODEL_NOT_READY
     */
    ModelDescription describe(ModelSelector model);

    /** What all versions that are ready have done, sorted by name and version. */
    List<ModelStatistics> statistics();

    /**
     * What a model's ready versions have done, ascending; just the one asked for where one was.
     *
     * @throws InferenceException INVALID_ARGUMENT if there is none
     */
    List<ModelStatistics> statistics(ModelSelector model);

    /** The names of all models with a ready version, sorted. */
    List<String> readyModels();
}
