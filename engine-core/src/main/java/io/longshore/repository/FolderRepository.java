package io.longshore.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A repository of one or more folders in Triton's layout, or in the forms in which KServe mounts a single model: one model
 * file, or one model's folder. Links are followed, nothing is ever written, and names that begin with a dot are passed
 * over. Thread-safe.
 */
public final class FolderRepository implements ModelRepository {
    private final List<Path> roots;
    private final String singleModelName;
    private final RepositoryLayout layout;

    /**
     * @param roots the folders, or model files
     * @param configName name of the alternative configuration to prefer ({@code --model-config-name}); empty = none
     * @param singleModelName name of the model of a root that is itself a model; empty = as the file or folder is called
     */
    public FolderRepository(List<Path> roots, String configName, String singleModelName) {
        this.roots = List.copyOf(roots);
        this.singleModelName = singleModelName;
        this.layout = new RepositoryLayout(configName);
    }

    @Override
    public RepositorySnapshot scan() throws IOException {
        SortedMap<String, ModelFolder> models = new TreeMap<>();
        SortedMap<String, String> problems = new TreeMap<>();
        for (Path root : roots) {
            checkExists(root);
            if (RepositoryLayout.isModel(root)) {
                add(nameOf(root), root, models, problems);
            } else {
                addAll(root, models, problems);
            }
        }
        models.keySet().removeAll(problems.keySet());
        return new RepositorySnapshot(models, problems);
    }

    @Override
    public @Nullable ModelFolder find(String name) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : roots) {
            checkExists(root);
            if (!RepositoryLayout.isModel(root)) {
                found.addAll(child(root, name));
            } else if (nameOf(root).equals(name)) {
                found.add(root);
            }
        }
        if (found.size() > 1) {
            throw new IOException(severalOf(name, found.get(0), found.get(1)));
        }
        return found.isEmpty() ? null : layout.read(name, found.get(0));
    }

    private static void checkExists(Path root) throws IOException {
        if (!Files.exists(root)) {
            throw new IOException("model repository '" + root + "' does not exist");
        }
    }

    /** The folder of one model in a folder of models; none, or one. */
    private static List<Path> child(Path root, String name) {
        try {
            Path child = root.resolve(name);
            boolean isOwn = root.equals(child.getParent()) && !name.startsWith(".");
            return isOwn && Files.isDirectory(child) ? List.of(child) : List.of();
        } catch (InvalidPathException nothingIsCalledSo) {
            return List.of();
        }
    }

    private void addAll(Path root, SortedMap<String, ModelFolder> models, SortedMap<String, String> problems)
            throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
        for (Path child : RepositoryLayout.children(root)) {
            if (Files.isDirectory(child)) {
                add(child.getFileName().toString(), child, models, problems);
            }
        }
    }

    private void add(
            String name, Path path, SortedMap<String, ModelFolder> models, SortedMap<String, String> problems) {
        ModelFolder other = models.get(name);
        if (other != null) {
            problems.put(name, severalOf(name, other.path(), path));
            return;
        }
        try {
            models.put(name, layout.read(name, path));
        } catch (IOException e) {
            problems.put(name, "the files of model '" + name + "' cannot be listed: " + e);
        }
    }

    private static String severalOf(String name, Path one, Path other) {
        return "model '" + name + "' is in more than one repository: " + one + " and " + other;
    }

    private String nameOf(Path root) {
        if (!singleModelName.isEmpty()) {
            return singleModelName;
        }
        Path absolute = root.toAbsolutePath().normalize();
        String fileName = String.valueOf(absolute.getFileName());
        int dot = fileName.lastIndexOf('.');
        String stem = Files.isRegularFile(root) && dot > 0 ? fileName.substring(0, dot) : fileName;
        // A file called model.onnx says nothing: its folder does.
        Path folder = absolute.getParent();
        return stem.equals("model") && Files.isRegularFile(root) && folder != null
                ? String.valueOf(folder.getFileName())
                : stem;
    }
}
