package io.longshore.repository;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one model's folder. A model has version folders whose names are positive integers (other names are no versions);
 * or, as KServe mounts them, its files stand in the model's folder itself, which then is version 1.
 */
final class RepositoryLayout {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");
    private static final String CONFIG_FILE = "config.pbtxt";
    private static final String CONFIGS_FOLDER = "configs";

    private final String configName;

    /** @param configName prefer {@code configs/<configName>.pbtxt} where a model has it; empty = never */
    RepositoryLayout(String configName) {
        if (configName.contains("/") || configName.contains("\\") || configName.contains("..")) {
            throw new IllegalArgumentException(
                    "the name of a model configuration is a plain file name without '.pbtxt'," + " got '" + configName
                            + "'");
        }
        this.configName = configName;
    }

    /** The model called {@code name} in {@code path}, a folder or a single model file. */
    ModelFolder read(String name, Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            Path folder = requireNonNull(path.toAbsolutePath().getParent(), "a file is in a folder");
            long fingerprint = Fingerprint.of(path);
            return new ModelFolder(name, folder, null, path.getFileName().toString(), single(folder, fingerprint), 0);
        }
        SortedMap<Long, Path> folders = versionFolders(path);
        long shared = Fingerprint.without(path, new HashSet<>(folders.values()));
        SortedMap<Long, VersionFolder> versions = new TreeMap<>();
        for (Map.Entry<Long, Path> folder : folders.entrySet()) {
            long fingerprint = Fingerprint.of(folder.getValue());
            versions.put(folder.getKey(), new VersionFolder(folder.getValue(), fingerprint));
        }
        if (versions.isEmpty() && children(path).stream().anyMatch(RepositoryLayout::isModelFile)) {
            versions = single(path, shared);
        }
        return new ModelFolder(name, path, configFile(path), null, versions, shared);
    }

    /**
     * Whether a repository root is itself one model rather than a folder of models: a file, a folder with a configuration or
     * a model file, or one whose sub-folders are all versions. Models may be called by numbers too; they hold versions. Of a
     * folder of models just the names are looked at, as a rule.
     */
    static boolean isModel(Path root) throws IOException {
        if (Files.isRegularFile(root) || Files.exists(root.resolve(CONFIG_FILE))) {
            return true;
        }
        List<Path> children = children(root);
        return children.stream().anyMatch(child -> isModelFile(child) && Files.isRegularFile(child))
                || holdsOnlyVersions(children);
    }

    private static boolean holdsOnlyVersions(List<Path> children) throws IOException {
        boolean any = false;
        for (Path child : children) {
            if (Files.isDirectory(child)) {
                if (!isVersion(child) || !versionFolders(child).isEmpty()) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    private @Nullable Path configFile(Path folder) {
        Path named = folder.resolve(CONFIGS_FOLDER).resolve(configName + ".pbtxt");
        if (!configName.isEmpty() && Files.isRegularFile(named)) {
            return named;
        }
        Path usual = folder.resolve(CONFIG_FILE);
        return Files.isRegularFile(usual) ? usual : null;
    }

    private static SortedMap<Long, VersionFolder> single(Path folder, long fingerprint) {
        return new TreeMap<>(Map.of(1L, new VersionFolder(folder, fingerprint)));
    }

    private static SortedMap<Long, Path> versionFolders(Path model) throws IOException {
        SortedMap<Long, Path> versions = new TreeMap<>();
        for (Path child : children(model)) {
            if (isVersion(child) && Files.isDirectory(child)) {
                versions.put(Long.parseLong(child.getFileName().toString()), child);
            }
        }
        return versions;
    }

    private static boolean isVersion(Path child) {
        return VERSION.matcher(child.getFileName().toString()).matches();
    }

    private static boolean isModelFile(Path child) {
        String name = child.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".onnx") || name.endsWith(".jar");
    }

    static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> !child.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
