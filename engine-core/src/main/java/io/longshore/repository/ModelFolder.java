package io.longshore.repository;

import io.longshore.spi.ModelFiles;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One model as it was when the repository was scanned. Equal folders hold the same files, unchanged.
 *
 * @param name the model's name
 * @param path its folder
 * @param configFile its configuration file, or null where it has none
 * @param modelFile the one file in the folder that is the model, or null where the model has the folder to itself
 * @param versions its versions, ascending; may be empty
 * @param sharedFingerprint changes whenever a file outside the version folders changes, the configuration included
 * @param override what a client has loaded instead, or null where all is as the repository has it
 */
public record ModelFolder(
        String name,
        Path path,
        @Nullable Path configFile,
        @Nullable String modelFile,
        SortedMap<Long, VersionFolder> versions,
        long sharedFingerprint,
        @Nullable ModelOverride override) {
    public ModelFolder {
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    }

    /** A folder as the repository has it. */
    public ModelFolder(
            String name,
            Path path,
            @Nullable Path configFile,
            @Nullable String modelFile,
            SortedMap<Long, VersionFolder> versions,
            long sharedFingerprint) {
        this(name, path, configFile, modelFile, versions, sharedFingerprint, null);
    }

    /** The folder with a configuration that comes from elsewhere. */
    public ModelFolder with(ModelOverride other) {
        long fingerprint = sharedFingerprint * 31 + other.fingerprint();
        return new ModelFolder(name, path, configFile, modelFile, versions, fingerprint, other);
    }

    /** Keeps the files, if they are a client's, until {@link #release} is called as often. */
    public void retain() {
        if (override != null && override.upload() != null) {
            override.upload().retain();
        }
    }

    /** Ends one {@link #retain}. */
    public void release() {
        if (override != null && override.upload() != null) {
            override.upload().close();
        }
    }

    /**
     * The files of one version.
     *
     * @throws IllegalArgumentException if there is no such version
     */
    public ModelFiles files(long version) {
        VersionFolder folder = versions.get(version);
        if (folder == null) {
            throw new IllegalArgumentException("model '" + name + "' has no version " + version);
        }
        return new ModelFiles(path, folder.path());
    }
}
