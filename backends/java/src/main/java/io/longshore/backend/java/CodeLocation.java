package io.longshore.backend.java;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Finds a model's code: the jars of its version folder, and the class among them that is the model. */
final class CodeLocation {
    /** The parameter that names the class. */
    static final String CLASS_PARAMETER = "class";

    /** The attribute of a jar's manifest that names the class. */
    static final String CLASS_ATTRIBUTE = "Longshore-Model-Class";

    private final String modelName;
    private final ModelFiles files;

    CodeLocation(String modelName, ModelFiles files) {
        this.modelName = modelName;
        this.files = files;
    }

    /**
     * The jars of the version, sorted by name; none where the class belongs to the application.
     *
     * @param fileName the one jar to use, or empty for all
     */
    List<Path> jars(Optional<String> fileName) throws BackendException {
        if (fileName.isPresent()) {
            return List.of(named(fileName.get()));
        }
        try (Stream<Path> entries = Files.list(files.versionFolder())) {
            return entries.filter(CodeLocation::isJar).sorted().toList();
        } catch (IOException e) {
            throw new BackendException("model '" + modelName + "': cannot list its version folder: " + e, e);
        }
    }

    private Path named(String fileName) throws BackendException {
        Path jar = files.inVersion(fileName);
        if (!isJar(jar)) {
            throw new BackendException("model '" + modelName + "': default_model_filename is '" + fileName
                    + "', expected the name of a jar file in the version folder");
        }
        return jar;
    }

    private static boolean isJar(Path file) {
        return file.toString().endsWith(".jar") && Files.isRegularFile(file);
    }

    /**
     * The name of the class that is the model: what the configuration says, else the jars' manifests, else the provider
     * files of the two interfaces.
     */
    String className(Optional<String> parameter, List<Path> jars, ClassLoader loader) throws BackendException {
        if (parameter.isPresent()) {
            return parameter.get();
        }
        if (jars.isEmpty()) {
            throw new BackendException(
                    "model '" + modelName + "' has no code: put its jar into the version folder, or name"
                            + " a class of the application with the parameter '" + CLASS_PARAMETER + "'");
        }
        Set<String> names = inManifests(jars);
        if (names.isEmpty()) {
            names = inProviderFiles(loader);
        }
        if (names.size() != 1) {
            throw new BackendException("model '" + modelName + "': "
                    + (names.isEmpty() ? "its jars name no class" : "its jars name several classes, " + names)
                    + "; set the parameter '" + CLASS_PARAMETER + "', or '" + CLASS_ATTRIBUTE
                    + "' in one jar's manifest");
        }
        return names.iterator().next();
    }

    private Set<String> inManifests(List<Path> jars) throws BackendException {
        Set<String> names = new TreeSet<>();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                Optional.ofNullable(file.getManifest())
                        .map(manifest -> manifest.getMainAttributes().getValue(CLASS_ATTRIBUTE))
                        .ifPresent(name -> names.add(name.trim()));
            } catch (IOException e) {
                throw new BackendException(
                        "model '" + modelName + "': cannot read " + jar.getFileName() + ": " + e.getMessage(), e);
            }
        }
        return names;
    }

    /** Providers that the loader itself defines; its parents may have models too, which are not meant. */
    private Set<String> inProviderFiles(ClassLoader loader) throws BackendException {
        List<Class<? extends ModelCode>> types = new ArrayList<>();
        try {
            ServiceLoader.load(JavaModel.class, loader).stream().forEach(provider -> types.add(provider.type()));
            ServiceLoader.load(DecoupledJavaModel.class, loader).stream()
                    .forEach(provider -> types.add(provider.type()));
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new BackendException(
                    "model '" + modelName + "': its provider files are broken: " + e.getMessage(), e);
        }
        Set<String> names = new TreeSet<>();
        types.stream().filter(type -> type.getClassLoader() == loader).forEach(type -> names.add(type.getName()));
        return names;
    }
}
