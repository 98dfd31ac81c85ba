package io.longshore.inference;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The port that loads and unloads models. Thread-safe; calls on one model take effect one after the other. */
public interface ModelControl {
    /** As {@link #load(String, LoadOverride)}, without an override. */
    default CompletionStage<Void> load(String name) {
        return load(name, LoadOverride.NONE);
    }

    /**
     * Loads a model, or brings a loaded one up to what the repository, or the override, now holds. Where nothing changed since
     * the last load, nothing happens; where the load fails, what served before serves on. An ensemble's parts are loaded
     * before it, and it serves only while they do.
     *
     * @param override taken over, whatever comes of the load
     * @return done when every wanted version is ready, or an {@link InferenceException} with the reason
     */
    CompletionStage<Void> load(String name, LoadOverride override);

    /**
     * Begins to take the files of an override.
     *
     * @throws InferenceException UNSUPPORTED if the operator has not allowed uploads, UNAVAILABLE if models are not loaded on
     *     request, or too many uploads are under way
     */
    ModelUpload beginUpload();

    /** As {@link #unload(String, boolean)}, without dependents. */
    default CompletionStage<Void> unload(String name) {
        return unload(name, false);
    }

    /**
     * Unloads all versions of a model, whether or not its files are still there. Requests already accepted are answered
     * first. A model that is not loaded is unloaded already.
     *
     * @param withDependents also unload the models that were loaded only because this one is made of them
     * @return done when the memory of every version is given back, or an {@link InferenceException} UNAVAILABLE where an
     *     instance is stuck, so that this may never be
     */
    CompletionStage<Void> unload(String name, boolean withDependents);

    /** All versions the server knows of, sorted by name and version. */
    List<ModelStatus> index();

    /** Of {@link #index()} all versions, or only those that are ready. */
    default List<ModelStatus> index(boolean readyOnly) {
        return index().stream()
                .filter(model -> !readyOnly || model.state() == ModelStatus.State.READY)
                .toList();
    }
}
