package io.longshore.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
            if (!Files.exists(root)) {
                throw new IOException("model repository '" + root + "' does not exist");
            }
            if (RepositoryLayout.isModel(root)) {
                add(nameOf(root), root, models, problems);
            } else {
                addAll(root, models, problems);
            }
        }
        models.keySet().removeAll(problems.keySet());
        return new RepositorySnapshot(models, problems);
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
            problems.put(name, "model '" + name + "' is in more than one repository: " + other.path() + " and " + path);
            return;
        }
        try {
            models.put(name, layout.read(name, path));
        } catch (IOException e) {
            problems.put(name, "the files of model '" + name + "' cannot be listed: " + e);
        }
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
