package io.longshore.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Sums up names, sizes and times of files, links followed, without reading their content. Names that begin with a dot do
 * not count: editors and copying tools keep their own files there. A link that leads nowhere, a loop of links, or a file
 * that goes while one looks counts by its name alone, so that its coming back is a change.
 */
final class Fingerprint extends SimpleFileVisitor<Path> {
    /** Deep enough for every framework's saved models. */
    private static final int MAX_DEPTH = 12;

    private final Path root;
    private final Set<Path> excluded;
    private final SortedMap<String, BasicFileAttributes> files = new TreeMap<>();
    private final SortedMap<String, String> unreadable = new TreeMap<>();

    private Fingerprint(Path root, Set<Path> excluded) {
        this.root = root;
        this.excluded = excluded;
    }

    /** The fingerprint of all files at or below {@code root}. */
    static long of(Path root) throws IOException {
        return without(root, Set.of());
    }

    /** The fingerprint of the files in {@code root} and in its sub-folders other than {@code excluded}. */
    static long without(Path root, Set<Path> excluded) throws IOException {
        Fingerprint fingerprint = new Fingerprint(root, excluded);
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, fingerprint);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return fingerprint.mix();
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        boolean skipped = !folder.equals(root) && (isHidden(folder) || excluded.contains(folder));
        return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        // Not regular: a folder too deep, or a link that leads nowhere.
        if (attributes.isRegularFile() && (file.equals(root) || !isHidden(file))) {
            files.put(nameOf(file), attributes);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        if (file.equals(root)) {
            throw new UncheckedIOException(failure);
        }
        if (!isHidden(file)) {
            unreadable.put(nameOf(file), failure.getClass().getName());
        }
        return FileVisitResult.CONTINUE;
    }

    private String nameOf(Path file) {
        return root.relativize(file).toString();
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    private long mix() {
        CRC32C names = new CRC32C();
        long[] mixed = {files.size()};
        files.forEach((name, attributes) -> {
            names.update(name.getBytes(StandardCharsets.UTF_8));
            mixed[0] = mixed[0] * 31 + attributes.size();
            mixed[0] = mixed[0] * 31 + attributes.lastModifiedTime().toMillis();
            mixed[0] = mixed[0] * 31 + names.getValue();
        });
        unreadable.forEach((name, failure) -> mixed[0] = mixed[0] * 31 + (name + failure).hashCode());
        return mixed[0];
    }
}
