package io.longshore.lifecycle;

import io.longshore.inference.ModelStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one model. Written by the model's manager, under this object's lock; read by everybody without one.
 */
final class CatalogEntry {
    private final String name;
    private volatile NavigableMap<Long, ModelVersion> ready = Collections.emptyNavigableMap();
    private volatile SortedMap<Long, VersionStatus> statuses = Collections.emptySortedMap();
    private volatile String problem = "";

    CatalogEntry(String name) {
        this.name = name;
    }

    /** The versions that serve, ascending; unmodifiable. */
    NavigableMap<Long, ModelVersion> ready() {
        return ready;
    }

    /** The highest version that serves, or null. */
    @Nullable
    ModelVersion latest() {
        Map.Entry<Long, ModelVersion> last = ready.lastEntry();
        return last == null ? null : last.getValue();
    }

    /** Where a version stands, or null if there is no such version. */
    @Nullable
    VersionStatus status(long version) {
        return statuses.get(version);
    }

    /** Why the model as a whole is not served as its repository wants; empty if nothing is wrong. */
    String problem() {
        return problem;
    }

    void setProblem(String reason) {
        problem = reason;
    }

    synchronized void publish(Map<Long, ModelVersion> versions) {
        ready = Collections.unmodifiableNavigableMap(new TreeMap<>(versions));
    }

    /** Changes a version's state. */
    synchronized void move(long version, VersionState to, String reason) {
        put(version, statuses.getOrDefault(version, VersionStatus.COLD).become(to, reason));
    }

    /** Changes a version's state if it is {@code from}, else only notes the reason. */
    synchronized void moveFrom(VersionState from, long version, VersionState to, String reason) {
        VersionStatus now = statuses.getOrDefault(version, VersionStatus.COLD);
        if (now.state() == from) {
            put(version, now.become(to, reason));
        } else {
            put(version, new VersionStatus(now.state(), reason));
        }
    }

    /** Says that a drained version is gone, unless it has come back meanwhile. */
    synchronized void unloaded(long version) {
        if (statuses.getOrDefault(version, VersionStatus.COLD).state() == VersionState.DRAINING) {
            move(version, VersionState.UNLOADED, "unloaded");
        }
    }

    /** Forgets versions that neither serve nor are in the repository any more. */
    synchronized void keepOnly(Set<Long> versions) {
        SortedMap<Long, VersionStatus> kept = new TreeMap<>(statuses);
        kept.entrySet()
                .removeIf(each ->
                        !versions.contains(each.getKey()) && each.getValue().state() == VersionState.FAILED);
        statuses = Collections.unmodifiableSortedMap(kept);
    }

    private void put(long version, VersionStatus status) {
        SortedMap<Long, VersionStatus> changed = new TreeMap<>(statuses);
        changed.put(version, status);
        statuses = Collections.unmodifiableSortedMap(changed);
    }

    /** One line for each version; one without a version where none is known. */
    List<ModelStatus> index() {
        List<ModelStatus> lines = new ArrayList<>();
        statuses.forEach((version, status) ->
                lines.add(new ModelStatus(name, version, outwardState(status.state()), status.reason())));
        if (lines.isEmpty()) {
            ModelStatus.State state = problem.isEmpty() ? ModelStatus.State.UNKNOWN : ModelStatus.State.UNAVAILABLE;
            lines.add(new ModelStatus(name, 0, state, problem));
        }
        return lines;
    }

    private static ModelStatus.State outwardState(VersionState state) {
        return switch (state) {
            case COLD -> ModelStatus.State.UNKNOWN;
            case LOADING -> ModelStatus.State.LOADING;
            case READY -> ModelStatus.State.READY;
            case DRAINING -> ModelStatus.State.UNLOADING;
            case UNLOADED, FAILED -> ModelStatus.State.UNAVAILABLE;
        };
    }
}
