package io.longshore.repository;

import java.nio.file.Path;

/**
 * The files of one version as they were when the repository was scanned.
 *
 * @param path the folder; where the repository has no version folders, the model's own
 * @param fingerprint changes whenever a file in it is added, removed, resized or touched
 */
public record VersionFolder(Path path, long fingerprint) {}
