package io.longshore.engine;

import io.longshore.repository.ModelFolder;
import io.longshore.repository.RepositorySnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a repository's changes call for: pure, snapshots in, changes out. A change counts once two looks in a row
 * see it the same, so a version that is still being copied is left alone until it is quiet. A model that is there but
 * cannot be read is not taken for one that is gone. Not thread-safe.
 */
final class RepositoryWatch {
    private Map<String, Sight> acted = new HashMap<>();
    private Map<String, Sight> lastSeen = Map.of();

    /**
     * What to do.
     *
     * @param reconcile models that are new or changed
     * @param reject models that cannot be read, with the reason
     * @param unload models that are gone
     * @param unsettled whether something changed since the last look, so that another look soon is worth it
     */
    record Changes(
            List<ModelFolder> reconcile, SortedMap<String, String> reject, List<String> unload, boolean unsettled) {}

    /** How a model looked: its folder, or why it could not be read. */
    private record Sight(@Nullable ModelFolder folder, String problem) {}

    /** Takes the first look, at which everything counts at once. */
    void begin(RepositorySnapshot first) {
        lastSeen = sights(first);
        acted = new HashMap<>(lastSeen);
    }

    /** Takes another look. */
    Changes look(RepositorySnapshot snapshot) {
        Map<String, Sight> now = sights(snapshot);
        Changes changes = new Changes(new ArrayList<>(), new TreeMap<>(), new ArrayList<>(), false);
        boolean unsettled = false;
        TreeSet<String> names = new TreeSet<>(acted.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            @Nullable Sight sight = now.get(name);
            if (Objects.equals(sight, acted.get(name))) {
                continue;
            }
            if (Objects.equals(sight, lastSeen.get(name))) {
                act(name, sight, changes);
            } else {
                unsettled = true;
            }
        }
        lastSeen = now;
        return new Changes(changes.reconcile(), changes.reject(), changes.unload(), unsettled);
    }

    private void act(String name, @Nullable Sight sight, Changes changes) {
        if (sight == null) {
            acted.remove(name);
            changes.unload().add(name);
            return;
        }
        acted.put(name, sight);
        if (sight.folder() == null) {
            changes.reject().put(name, sight.problem());
        } else {
            changes.reconcile().add(sight.folder());
        }
    }

    private static Map<String, Sight> sights(RepositorySnapshot snapshot) {
        Map<String, Sight> sights = new HashMap<>();
        snapshot.models().forEach((name, folder) -> sights.put(name, new Sight(folder, "")));
        snapshot.problems().forEach((name, problem) -> sights.put(name, new Sight(null, problem)));
        return sights;
    }
}
