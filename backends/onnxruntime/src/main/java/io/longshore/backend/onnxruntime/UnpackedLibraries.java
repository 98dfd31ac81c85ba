package io.longshore.backend.onnxruntime;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Removes the native libraries that the Java binding unpacked into the temporary folder, as soon as they are loaded.
 *
 * <p>The binding leaves that to the JVM's exit, and asks for it in an order that always keeps the folder; a JVM that is
 * killed keeps all 28 MB. Linux keeps a mapped file's content until it is unmapped, so the files can go at once. Where
 * they are is read from {@code /proc/self/maps}, so that no other process's files are touched; elsewhere nothing is done.
 */
final class UnpackedLibraries {
    private static final Logger LOG = System.getLogger(UnpackedLibraries.class.getName());
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final String FOLDER_PREFIX = "onnxruntime-java";
    private static final String BINDING = "libonnxruntime4j_jni.so";
    /** Loaded on demand and from the same folder, in builds that have it. */
    private static final String PROVIDERS = "libonnxruntime_providers_shared.so";

    private UnpackedLibraries() {}

    /** Removes the folder that this process's binding was loaded from, if the binding made it. */
    static void remove() {
        try {
            Optional<Path> folder = loadedFrom();
            if (folder.isPresent() && !Files.exists(folder.get().resolve(PROVIDERS))) {
                delete(folder.get());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove the unpacked ONNX Runtime libraries", e);
        }
    }

    private static Optional<Path> loadedFrom() throws IOException {
        if (!Files.isReadable(MAPS)) {
            return Optional.empty();
        }
        return Files.readAllLines(MAPS).stream()
                .filter(line -> line.endsWith("/" + BINDING))
                .map(line -> Path.of(line.substring(line.indexOf('/'))))
                .map(Path::getParent)
                .filter(folder -> String.valueOf(folder.getFileName()).startsWith(FOLDER_PREFIX))
                .findFirst();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
