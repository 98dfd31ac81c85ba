package io.longshore.inference;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The port that loads and unloads models. Thread-safe; calls on one model take effect one after the other. */
public interface ModelControl {
    /**
     * Loads a model, or brings a loaded one up to what the repository now holds.
     *
     * @return done when every wanted version is ready, or an {@link InferenceException} with the reason
     */
    CompletionStage<Void> load(String name);

    /**
     * Unloads all versions of a model. Requests already accepted are answered first.
     *
     * @return done when the memory of every version is given back
     */
    CompletionStage<Void> unload(String name);

    /** All versions the server knows of, sorted by name and version. */
    List<ModelStatus> index();
}
