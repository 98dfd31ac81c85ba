package io.longshore.lifecycle;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.Readiness;
import io.longshore.model.ModelSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All models by name, and the way to use one. Reads take no lock. Thread-safe. */
public final class ModelCatalog {
    private final Map<String, CatalogEntry> entries = new ConcurrentHashMap<>();
    private final Runnable onChange;

    /** @param onChange called after each change of what is ready or wanted, by the thread that made it */
    public ModelCatalog(Runnable onChange) {
        this.onChange = onChange;
    }

    /**
     * A lease on the version wanted.
     *
     * @throws InferenceException saying why there is none: MODEL_NOT_FOUND, VERSION_NOT_FOUND or MODEL_NOT_READY
     */
    public ModelHandle acquire(ModelSelector selector) {
        CatalogEntry entry = entries.get(selector.name());
        while (entry != null) {
            ModelVersion version = find(entry, selector);
            if (version == null) {
                break;
            }
            if (version.tryEnter()) {
                return new ModelHandle(version);
            }
            // It began to drain since; what replaces it was published before that.
            Thread.onSpinWait();
        }
        throw whyNot(selector);
    }

    /**
     * A lease on the version on which a sequence is under way, also where that drains or is not the one that
     * {@link #acquire} gives; empty where none of the versions wanted has it.
     */
    public Optional<ModelHandle> acquireWith(CorrelationId sequence, ModelSelector selector) {
        CatalogEntry entry = entries.get(selector.name());
        if (entry == null || !sequence.isPresent()) {
            return Optional.empty();
        }
        // The newest first: where an id was begun on two, its client means the later.
        return Stream.concat(entry.ready().descendingMap().values().stream(), entry.leavingLatestFirst())
                .filter(version -> !(selector instanceof ModelSelector.Exact exact)
                        || exact.id().equals(version.id()))
                .filter(version -> version.scheduler().hasSequence(sequence) && version.tryEnterAgain())
                .findFirst()
                .map(ModelHandle::new);
    }

    /** Ends the sequences of all versions, each once none of its requests waits. */
    public void endSequences() {
        for (CatalogEntry entry : entries.values()) {
            entry.ready().values().forEach(version -> version.scheduler().endSequences());
            entry.leaving().forEach(version -> version.scheduler().endSequences());
        }
    }

    /** Whether {@link #acquire} would succeed now, and a request be served. */
    public Readiness readiness(ModelSelector selector) {
        CatalogEntry entry = entries.get(selector.name());
        ModelVersion version = entry == null ? null : find(entry, selector);
        if (version == null) {
            return Readiness.notReady(whyNot(selector).getMessage());
        }
        String trouble = version.trouble();
        return trouble.isEmpty() ? Readiness.READY : Readiness.notReady(trouble);
    }

    /** The versions that serve, ascending. */
    public List<Long> readyVersions(String name) {
        CatalogEntry entry = entries.get(name);
        return entry == null ? List.of() : List.copyOf(entry.ready().keySet());
    }

    /** What all versions that serve have done, sorted by name and version. */
    public List<ModelStatistics> statistics() {
        return entries.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> statistics(entry.getValue()))
                .toList();
    }

    /**
     * What a model's versions that serve have done, ascending; just the one asked for where one was.
     *
     * @throws InferenceException INVALID_ARGUMENT if there is none
     */
    public List<ModelStatistics> statistics(ModelSelector selector) {
        CatalogEntry entry = entries.get(selector.name());
        if (entry == null || entry.ready().isEmpty()) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT, "requested model '" + selector.name() + "' is not available");
        }
        if (selector instanceof ModelSelector.Exact exact
                && !entry.ready().containsKey(exact.id().version())) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "requested model version is not available for model '" + selector.name() + "'");
        }
        return statistics(entry)
                .filter(each -> !(selector instanceof ModelSelector.Exact exact)
                        || each.version() == exact.id().version())
                .toList();
    }

    private static Stream<ModelStatistics> statistics(CatalogEntry entry) {
        return entry.ready().values().stream()
                .map(version -> version.scheduler().statistics(version.id()));
    }

    /** What monitoring is told of all versions that serve, sorted by name and version. */
    public List<ModelMetrics> metrics() {
        return entries.entrySet().stream()
                .filter(entry -> !entry.getValue().ready().isEmpty())
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> entry.getValue().ready().values().stream())
                .map(ModelVersion::metrics)
                .toList();
    }

    /** The names of all models with a version that serves, sorted. */
    public List<String> readyModels() {
        return entries.entrySet().stream()
                .filter(entry -> !entry.getValue().ready().isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The names of all models that are to be served and are not, sorted. */
    public List<String> missingModels() {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().isWanted())
                .map(Map.Entry::getKey)
                .filter(name -> !readiness(ModelSelector.latest(name)).isReady())
                .sorted()
                .toList();
    }

    /** All versions known, sorted by name and version. */
    public List<ModelStatus> index() {
        return entries.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> entry.getValue().index().stream())
                .toList();
    }

    /** The entry of a model, made if need be. */
    CatalogEntry entry(String name) {
        CatalogEntry known = entries.get(name);
        if (known != null) {
            return known;
        }
        CatalogEntry entry = entries.computeIfAbsent(name, absent -> new CatalogEntry(absent, onChange));
        onChange.run();
        return entry;
    }

    /** The entry of a model, or null where nothing is known of it. */
    @Nullable
    CatalogEntry find(String name) {
        return entries.get(name);
    }

    /** The names of all models known. */
    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /** The version of a model that a request for it gets now, or null. */
    static @Nullable ModelVersion find(CatalogEntry entry, ModelSelector selector) {
        if (selector instanceof ModelSelector.Exact exact) {
            return entry.ready().get(exact.id().version());
        }
        return entry.latest();
    }

    private InferenceException whyNot(ModelSelector selector) {
        String start = "Request for unknown model: '" + selector.name() + "'";
        CatalogEntry entry = entries.get(selector.name());
        if (entry == null) {
            return new InferenceException(ErrorCode.MODEL_NOT_FOUND, start + " is not found");
        }
        if (selector instanceof ModelSelector.Exact exact) {
            return whyNotVersion(entry, exact.id().version(), start);
        }
        String reason = entry.problem().isEmpty() ? "" : ": " + entry.problem();
        return new InferenceException(ErrorCode.VERSION_NOT_FOUND, start + " has no available versions" + reason);
    }

    private static InferenceException whyNotVersion(CatalogEntry entry, long version, String start) {
        VersionStatus status = entry.status(version);
        if (status == null) {
            return new InferenceException(ErrorCode.VERSION_NOT_FOUND, start + " version " + version + " is not found");
        }
        String reason = status.reason().isEmpty() ? "" : ": " + status.reason();
        return new InferenceException(
                ErrorCode.MODEL_NOT_READY, start + " version " + version + " is not at ready state" + reason);
    }
}
