package io.longshore.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The files of one model version. They are only ever read.
 *
 * @param modelFolder the folder of the model, with what its versions share
 * @param versionFolder the folder of the version; the same as {@code modelFolder} where the repository has none
 */
public record ModelFiles(Path modelFolder, Path versionFolder) {
    /**
     * A file or folder of the version.
     *
     * @param relative its path inside the version folder, as a configuration gives it
     * @throws BackendException if the path leads out of the version folder
     */
    public Path inVersion(String relative) throws BackendException {
        return confined(versionFolder, relative);
    }

    /**
     * A file or folder that the versions share.
     *
     * @param relative its path inside the model folder, as a configuration gives it
     * @throws BackendException if the path leads out of the model folder
     */
    public Path inModel(String relative) throws BackendException {
        return confined(modelFolder, relative);
    }

    /** Links inside the repository are its owner's will and followed; only a path's own words must not lead out. */
    private static Path confined(Path folder, String relative) throws BackendException {
        Path base = folder.normalize();
        Path file;
        try {
            file = base.resolve(relative).normalize();
        } catch (InvalidPathException e) {
            throw new BackendException("path '" + relative + "' is not a path: " + e.getReason(), e);
        }
        if (!file.startsWith(base) || file.equals(base)) {
            throw new BackendException("path '" + relative + "' must name something inside the folder " + folder);
        }
        return file;
    }
}
