package io.longshore.repository;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A repository at one moment.
 *
 * @param models the models by name
 * @param problems what keeps a model, by name, from being read at all
 */
public record RepositorySnapshot(SortedMap<String, ModelFolder> models, SortedMap<String, String> problems) {
    public RepositorySnapshot {
        models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
        problems = Collections.unmodifiableSortedMap(new TreeMap<>(problems));
    }
}
