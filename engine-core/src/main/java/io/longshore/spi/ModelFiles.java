package io.longshore.spi;

import java.nio.file.Path;

/**
 * The files of one model version. They are only ever read.
 *
 * @param modelFolder the folder of the model, with what its versions share
 * @param versionFolder the folder of the version; the same as {@code modelFolder} where the repository has none
 */
public record ModelFiles(Path modelFolder, Path versionFolder) {}
