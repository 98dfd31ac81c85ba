package io.longshore.repository;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where models come from. It tells what is there and has no opinion on what to load. Thread-safe. */
public interface ModelRepository {
    /**
     * Looks at everything, without opening a model file.
     *
     * @throws IOException if the repository itself cannot be listed
     */
    RepositorySnapshot scan() throws IOException;

    /**
     * Looks at one model alone, without opening a model file.
     *
     * @return null where there is no such model
     * @throws IOException if the model, or the repository itself, cannot be listed
     */
    @Nullable
    ModelFolder find(String name) throws IOException;
}
