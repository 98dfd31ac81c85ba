package io.longshore.region;

import io.longshore.inference.SharedRegion;
import io.longshore.spi.SharedBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The POSIX shared memory objects of this machine, by their keys. Thread-safe. */
public final class PosixObjects {
    /** Where Linux has them: a file system in memory. */
    private static final Path FOLDER = Path.of("/dev/shm");

    /** What Triton's Python backend calls its own objects, which clients must not reach. */
    private static final String RESERVED_PREFIX = "triton_python_backend_shm_region_";

    private static final int MAX_NAME_BYTES = 255;

    private final Path folder;

    /** The objects that are files of a folder. */
    PosixObjects(Path folder) {
        this.folder = folder;
    }

    /** Those of this machine. */
    public static PosixObjects ofMachine() {
        return new PosixObjects(FOLDER);
    }

    /**
     * Opens the object of a region.
     *
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT if the key names none, REGION_UNUSABLE if there
     *     is no such object or it cannot be opened
     */
    SharedBlock open(SharedRegion.Posix region) {
        Path file = file(region);
        try {
            return PosixBlock.open(file);
        } catch (IOException e) {
            throw RegionErrors.cannotOpen(region.key(), e);
        }
    }

    /** The file, which is one of the folder itself whatever the key. */
    private Path file(SharedRegion.Posix region) {
        String object = withoutSlashes(region.key());
        if (object.startsWith(RESERVED_PREFIX)) {
            throw RegionErrors.reservedKey(region.name(), region.key(), RESERVED_PREFIX);
        }
        if (object.isEmpty()
                || object.equals(".")
                || object.equals("..")
                || object.indexOf('/') >= 0
                || object.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw RegionErrors.invalidKey(region.name(), region.key());
        }
        try {
            return folder.resolve(object);
        } catch (InvalidPathException e) {
            throw RegionErrors.invalidKey(region.name(), region.key());
        }
    }

    /** As {@code shm_open} reads a key: any number of slashes may stand in front. */
    private static String withoutSlashes(String key) {
        int first = 0;
        while (first < key.length() && key.charAt(first) == '/') {
            first++;
        }
        return key.substring(first);
    }
}
