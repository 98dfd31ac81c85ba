package io.longshore.repository;

import java.io.IOException;

/** Where models come from. It tells what is there and has no opinion on what to load. Thread-safe. */
@FunctionalInterface
public interface ModelRepository {
    /**
     * Looks at everything, without opening a model file.
     *
     * @throws IOException if the repository itself cannot be listed
     */
    RepositorySnapshot scan() throws IOException;
}
