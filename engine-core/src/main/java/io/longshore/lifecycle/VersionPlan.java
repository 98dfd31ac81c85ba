package io.longshore.lifecycle;

import io.longshore.repository.ModelFolder;
import io.longshore.repository.VersionFolder;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;

/**
 * What to do with a model's versions: pure, states in, decision out.
 *
 * @param keep versions that serve and stay as they are
 * @param load versions to load, because they do not serve or their files have changed
 */
record VersionPlan(SortedMap<Long, ModelVersion> keep, SortedSet<Long> load) {
    /**
     * Plans for a model.
     *
     * @param wanted the versions to serve
     * @param serving the versions that serve now
     * @param fingerprint what a version to be served is made of, by its number
     */
    static VersionPlan of(Collection<Long> wanted, Map<Long, ModelVersion> serving, LongUnaryOperator fingerprint) {
        SortedMap<Long, ModelVersion> keep = new TreeMap<>();
        SortedSet<Long> load = new TreeSet<>();
        for (long version : wanted) {
            ModelVersion current = serving.get(version);
            if (current != null && current.fingerprint() == fingerprint.applyAsLong(version)) {
                keep.put(version, current);
            } else {
                load.add(version);
            }
        }
        return new VersionPlan(keep, load);
    }

    /** Changes with every file that a version is made of. */
    static long fingerprint(ModelFolder folder, long version) {
        VersionFolder files = folder.versions().get(version);
        return folder.sharedFingerprint() * 31 + (files == null ? 0 : files.fingerprint());
    }
}
