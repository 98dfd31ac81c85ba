package io.longshore.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Sums up names, sizes and times of files, links followed, without reading their content. */
final class Fingerprint {
    /** Deep enough for every framework's saved models; a loop of links ends here. */
    private static final int MAX_DEPTH = 12;

    private Fingerprint() {}

    /** The fingerprint of all files at or below {@code root} that {@code wanted} accepts. */
    static long of(Path root, Predicate<Path> wanted) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            files = walk.filter(wanted).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        CRC32C names = new CRC32C();
        long mixed = files.size();
        for (Path file : files) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                names.update(root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                mixed = mixed * 31 + attributes.size();
                mixed = mixed * 31 + attributes.lastModifiedTime().toMillis();
                mixed = mixed * 31 + names.getValue();
            }
        }
        return mixed;
    }

    /** The fingerprint of the files directly in {@code folder} and in its sub-folders other than {@code excluded}. */
    static long without(Path folder, Set<Path> excluded) throws IOException {
        return of(folder, file -> excluded.stream().noneMatch(file::startsWith));
    }
}
