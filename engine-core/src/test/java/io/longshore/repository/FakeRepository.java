package io.longshore.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A repository without files, which a test changes at will. Thread-safe. */
public final class FakeRepository implements ModelRepository {
    private final SortedMap<String, SortedMap<Long, Long>> models = new TreeMap<>();
    private final SortedMap<String, String> problems = new TreeMap<>();
    private final SortedMap<String, Long> shared = new TreeMap<>();
    private boolean unreadable;

    /** Adds or changes a version; another fingerprint stands for other files. */
    public synchronized FakeRepository put(String model, long version, long fingerprint) {
        models.computeIfAbsent(model, name -> new TreeMap<>()).put(version, fingerprint);
        return this;
    }

    /** Adds models with one version each. */
    public synchronized FakeRepository put(String... names) {
        for (String name : names) {
            put(name, 1, 1);
        }
        return this;
    }

    /** Changes what the versions of a model share, such as its configuration. */
    public synchronized FakeRepository touch(String model, long fingerprint) {
        shared.put(model, fingerprint);
        return this;
    }

    /** Takes a model away. */
    public synchronized FakeRepository remove(String model) {
        models.remove(model);
        return this;
    }

    /** Takes a version away. */
    public synchronized FakeRepository remove(String model, long version) {
        models.getOrDefault(model, new TreeMap<>()).remove(version);
        return this;
    }

    /** Makes a model unreadable; an empty reason makes it readable again. */
    public synchronized FakeRepository problem(String model, String reason) {
        problems.remove(model);
        if (!reason.isEmpty()) {
            problems.put(model, reason);
        }
        return this;
    }

    /** Makes the whole repository unreadable, or readable again. */
    public synchronized FakeRepository unreadable(boolean value) {
        unreadable = value;
        return this;
    }

    /** A model's folder as it is now. */
    public synchronized ModelFolder folder(String model) {
        Path path = Path.of("/fake", model);
        SortedMap<Long, VersionFolder> versions = new TreeMap<>();
        models.getOrDefault(model, new TreeMap<>())
                .forEach((version, fingerprint) ->
                        versions.put(version, new VersionFolder(path.resolve(String.valueOf(version)), fingerprint)));
        return new ModelFolder(model, path, null, null, versions, shared.getOrDefault(model, 0L));
    }

    @Override
    public synchronized RepositorySnapshot scan() throws IOException {
        if (unreadable) {
            throw new IOException("the fake repository is unreadable");
        }
        SortedMap<String, ModelFolder> folders = new TreeMap<>();
        models.keySet().stream()
                .filter(name -> !problems.containsKey(name))
                .forEach(name -> folders.put(name, folder(name)));
        return new RepositorySnapshot(folders, problems);
    }

    @Override
    public synchronized @Nullable ModelFolder find(String name) throws IOException {
        if (unreadable) {
            throw new IOException("the fake repository is unreadable");
        }
        if (problems.containsKey(name)) {
            throw new IOException(problems.get(name));
        }
        return models.containsKey(name) ? folder(name) : null;
    }
}
