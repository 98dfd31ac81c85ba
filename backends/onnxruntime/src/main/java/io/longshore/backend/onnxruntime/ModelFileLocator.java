package io.longshore.backend.onnxruntime;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds a model's file: {@code model.onnx} or what {@code default_model_filename} says, a file or a folder that holds one
 * beside its external data; without that, the only {@code .onnx} file there is.
 */
final class ModelFileLocator {
    private static final String DEFAULT_NAME = "model.onnx";
    private static final String SUFFIX = ".onnx";

    private ModelFileLocator() {}

    /**
     * The model's file.
     *
     * @param configuredName {@code default_model_filename}, or empty
     * @throws BackendException if there is none, or several to choose from, or the name leads out of the folder
     */
    static Path locate(ModelFiles files, Optional<String> configuredName) throws BackendException {
        Path folder = files.versionFolder();
        String name = configuredName.orElse(DEFAULT_NAME);
        Path expected = files.inVersion(name);
        if (Files.isRegularFile(expected)) {
            return expected;
        }
        if (Files.isDirectory(expected)) {
            return onlyModelIn(expected);
        }
        if (configuredName.isPresent()) {
            throw new BackendException("there is no file '" + name + "' in " + folder);
        }
        return onlyModelIn(folder);
    }

    private static Path onlyModelIn(Path folder) throws BackendException {
        Path usual = folder.resolve(DEFAULT_NAME);
        if (Files.isRegularFile(usual)) {
            return usual;
        }
        List<Path> models = modelsIn(folder);
        if (models.size() == 1) {
            return models.get(0);
        }
        String found = models.isEmpty()
                ? "no file that ends in " + SUFFIX
                : models.stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .collect(Collectors.joining(", "));
        throw new BackendException("there is no file '" + DEFAULT_NAME + "' in " + folder + ", but " + found
                + "; put one there or set default_model_filename");
    }

    private static List<Path> modelsIn(Path folder) throws BackendException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BackendException("cannot read " + folder + ": " + e, e);
        }
    }
}
