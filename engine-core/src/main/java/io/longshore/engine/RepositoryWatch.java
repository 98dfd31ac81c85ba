package io.longshore.engine;

import io.longshore.repository.ModelFolder;
import io.longshore.repository.RepositorySnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a repository's changes call for: pure, snapshots in, changes out. A change counts once two looks in a row
 * see it the same, so a version that is still being copied is left alone until it is quiet. Not thread-safe.
 */
final class RepositoryWatch {
    private final Map<String, ModelFolder> acted = new HashMap<>();
    private Map<String, ModelFolder> lastSeen = Map.of();

    /**
     * What to do.
     *
     * @param reconcile models that are new or changed
     * @param unload models that are gone
     * @param unsettled whether something changed since the last look, so that another look soon is worth it
     */
    record Changes(List<ModelFolder> reconcile, List<String> unload, boolean unsettled) {}

    /** Takes the first look, at which everything counts at once. */
    void begin(RepositorySnapshot first) {
        acted.putAll(first.models());
        lastSeen = first.models();
    }

    /** Takes another look. */
    Changes look(RepositorySnapshot now) {
        List<ModelFolder> reconcile = new ArrayList<>();
        List<String> unload = new ArrayList<>();
        boolean unsettled = false;
        TreeSet<String> names = new TreeSet<>(acted.keySet());
        names.addAll(now.models().keySet());
        for (String name : names) {
            @Nullable ModelFolder folder = now.models().get(name);
            if (same(folder, acted.get(name))) {
                continue;
            }
            if (!same(folder, lastSeen.get(name))) {
                unsettled = true;
            } else if (folder == null) {
                acted.remove(name);
                unload.add(name);
            } else {
                acted.put(name, folder);
                reconcile.add(folder);
            }
        }
        lastSeen = now.models();
        return new Changes(reconcile, unload, unsettled);
    }

    private static boolean same(@Nullable ModelFolder one, @Nullable ModelFolder other) {
        return one == null ? other == null : one.equals(other);
    }
}
