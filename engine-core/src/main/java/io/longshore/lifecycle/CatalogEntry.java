package io.longshore.lifecycle;

import io.longshore.inference.ModelStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one model. Written by the model's manager, under this object's lock; read by everybody without one.
 */
final class CatalogEntry {
    /** What is told of a model, or a version, that was unloaded. */
    static final String UNLOADED = "unloaded";

    private static final Set<VersionState> GONE = Set.of(VersionState.FAILED, VersionState.UNLOADED);

    private final String name;
    private final Runnable onChange;
    private volatile NavigableMap<Long, ModelVersion> ready = Collections.emptyNavigableMap();
    private volatile SortedMap<Long, VersionStatus> statuses = Collections.emptySortedMap();
    private volatile String problem = "";
    private volatile boolean wanted;
    private final Set<ModelVersion> leaving = ConcurrentHashMap.newKeySet();

    /** @param onChange called after each change of what is ready or wanted, without a lock */
    CatalogEntry(String name, Runnable onChange) {
        this.name = name;
        this.onChange = onChange;
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

    /** Whether the model is to be served. */
    boolean isWanted() {
        return wanted;
    }

    void setWanted(boolean value) {
        wanted = value;
        onChange.run();
    }

    /** Makes these the versions that serve. Only the model's manager writes, one change after the other. */
    void publish(Map<Long, ModelVersion> versions) {
        versions.values().forEach(version -> version.onTrouble(onChange));
        replace(versions);
        onChange.run();
    }

    /** Serves these versions; others that did so count as leaving first, so that each can always be found. */
    private synchronized void replace(Map<Long, ModelVersion> versions) {
        ready.forEach((number, before) -> {
            if (versions.get(number) != before) {
                leaving.add(before);
            }
        });
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

    /** Notes that a version begins to drain. */
    void leaves(ModelVersion version) {
        leaving.add(version);
    }

    /** Notes that a drained version is gone; its number is so too, unless it serves again or another of it drains. */
    synchronized void left(ModelVersion version) {
        leaving.remove(version);
        long number = version.id().version();
        boolean drains = statuses.getOrDefault(number, VersionStatus.COLD).state() == VersionState.DRAINING;
        if (drains && leaving.stream().noneMatch(other -> other.id().version() == number)) {
            move(number, VersionState.UNLOADED, UNLOADED);
        }
    }

    /** The versions that drain now, those included that newer files of the same version have replaced. */
    Set<ModelVersion> leaving() {
        return Set.copyOf(leaving);
    }

    /** The versions that drain now, highest first. */
    Stream<ModelVersion> leavingLatestFirst() {
        return leaving.stream()
                .sorted(Comparator.comparingLong(
                                (ModelVersion each) -> each.id().version())
                        .reversed());
    }

    /** Forgets versions that neither serve nor are in the repository any more. */
    synchronized void keepOnly(Set<Long> versions) {
        SortedMap<Long, VersionStatus> kept = new TreeMap<>(statuses);
        kept.entrySet()
                .removeIf(each -> !versions.contains(each.getKey())
                        && GONE.contains(each.getValue().state()));
        statuses = Collections.unmodifiableSortedMap(kept);
    }

    private void put(long version, VersionStatus status) {
        SortedMap<Long, VersionStatus> changed = new TreeMap<>(statuses);
        changed.put(version, status);
        statuses = Collections.unmodifiableSortedMap(changed);
    }

    /**
     * One line for each version; one without a version where none is known. The model's problem stands on the lines that
     * have no reason of their own, unless a version that is not unloaded has one.
     */
    List<ModelStatus> index() {
        SortedMap<Long, VersionStatus> now = statuses;
        boolean told = now.values().stream()
                .anyMatch(each ->
                        each.state() != VersionState.UNLOADED && !each.reason().isEmpty());
        String general = told ? "" : problem;
        List<ModelStatus> lines = new ArrayList<>();
        now.forEach((version, status) -> lines.add(line(version, status, general)));
        if (lines.isEmpty()) {
            ModelStatus.State state = general.isEmpty() ? ModelStatus.State.UNKNOWN : ModelStatus.State.UNAVAILABLE;
            lines.add(new ModelStatus(name, 0, state, general));
        }
        return lines;
    }

    private ModelStatus line(long version, VersionStatus status, String general) {
        ModelVersion served = ready.get(version);
        String trouble = status.state() == VersionState.READY && served != null ? served.trouble() : "";
        if (!trouble.isEmpty()) {
            return new ModelStatus(name, version, ModelStatus.State.UNAVAILABLE, trouble);
        }
        // What was wrong before, or that the model was unloaded, is no reason of one that is on its way.
        boolean inherits = status.reason().isEmpty() && status.state() != VersionState.LOADING;
        return new ModelStatus(name, version, outwardState(status.state()), inherits ? general : status.reason());
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
