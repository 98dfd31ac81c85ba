package io.longshore.lifecycle;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sole owner of version states. It brings one model at a time to what a folder holds, as often as it is asked to, and
 * does nothing where nothing changed. Thread-safe: calls for one model take effect one after the other, different models
 * load side by side.
 *
 * <p>Ensembles follow their parts: whenever what there is of a model changes, those that are made of it get their turn again.
 *
 * <p>Its end: {@link #close}. A load that is under way is waited for, since no framework can be interrupted while it loads,
 * though a warm-up ends early; what waits behind it is refused.
 */
public final class ModelManager {
    private static final Logger LOG = System.getLogger(ModelManager.class.getName());

    private final ModelCatalog catalog;
    private final ModelConfigSource configs;
    private final LoadStops stops;
    private final SerialLanes lanes;
    private final EnsembleGraph graph = new EnsembleGraph();
    private final ModelReconciler reconciler;
    private volatile boolean closed;

    /**
     * @param catalog where versions are published
     * @param loader loads them
     * @param ensembles makes those that are made of other models
     * @param configs tells which of them are wanted
     * @param retries how often a version that its backend failed to load is tried again
     * @param executor runs the loading; as many models load at once as it has threads
     */
    public ModelManager(
            ModelCatalog catalog,
            BackendLoader loader,
            EnsembleLoader ensembles,
            ModelConfigSource configs,
            int retries,
            Executor executor) {
        this.catalog = catalog;
        this.configs = configs;
        this.stops = loader.stops();
        this.lanes = new SerialLanes(executor);
        this.reconciler = new ModelReconciler(catalog, new RetryingLoader(loader, retries), ensembles, configs, graph);
    }

    /** Tells what a model's folder holds when it is the model's turn. */
    @FunctionalInterface
    public interface FolderSource {
        /**
         * The folder as it is now.
         *
         * @throws InferenceException if there is no such model
         */
        ModelFolder look();
    }

    /** Loads the models that an ensemble is made of, as they are now. */
    @FunctionalInterface
    public interface PartsSource {
        /** Done when all of them are loaded, or have failed to; never a failure itself. */
        CompletionStage<Void> load(Set<String> models);
    }

    /**
     * Brings a model to what its folder holds. An ensemble whose parts are not there fails, and serves once they are.
     *
     * @return done when every wanted version serves, or an {@link InferenceException} with the reason; then the ensembles that
     *     the model is a part of have been seen to as well
     */
    public CompletionStage<Void> reconcile(ModelFolder folder) {
        return changing(folder.name(), () -> {
            checkOpen(folder.name());
            reconciler.reconcile(folder);
        });
    }

    /**
     * Brings a model to what its folder holds once everything asked for before is done.
     *
     * @param folder looked at then; what it throws is the outcome
     * @param parts asked for the parts of an ensemble before it is served
     * @return as {@link #reconcile(ModelFolder)}
     */
    public CompletionStage<Void> reconcile(String name, FolderSource folder, PartsSource parts) {
        Set<String> wanted = new LinkedHashSet<>();
        CompletionStage<Void> first = changing(name, () -> {
            checkOpen(name);
            ModelFolder found = folder.look();
            wanted.addAll(partsOf(found));
            if (wanted.isEmpty()) {
                reconciler.reconcile(found);
            }
        });
        return plain(first.thenCompose(done -> wanted.isEmpty()
                ? first
                : parts.load(wanted).thenCompose(loaded -> changing(name, () -> recompose(name)))));
    }

    /** Notes an ensemble and tells its parts; none for any other model, or where its configuration cannot be read. */
    private Set<String> partsOf(ModelFolder folder) {
        ModelConfig.Builder draft;
        try {
            draft = configs.read(folder);
        } catch (InvalidModelConfigException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the configuration of '" + folder.name() + "' tells no parts", e);
            return Set.of();
        }
        if (draft.ensemble().isEmpty()) {
            return Set.of();
        }
        catalog.entry(folder.name()).setWanted(true);
        graph.note(folder, draft);
        return draft.ensemble().get().models();
    }

    /** The models that an ensemble is made of, as long as it is to be served; none for any other model. */
    public Set<String> parts(String name) {
        return graph.parts(name);
    }

    /** Whether an ensemble that is to be served is made of this model. */
    public boolean isPart(String name) {
        return !graph.dependents(name).isEmpty();
    }

    /**
     * Does something to a model in its turn, and has the ensembles that it is a part of seen to if that changes what there is
     * of it.
     *
     * @return the outcome of the work, once those are seen to
     */
    private CompletionStage<Void> changing(String name, SerialLanes.Work work) {
        List<CompletionStage<Void>> others = new ArrayList<>();
        CompletionStage<Void> done = lanes.submit(name, () -> {
            Standing before = standing(name);
            try {
                work.run();
            } finally {
                if (!closed && !standing(name).equals(before)) {
                    graph.dependents(name).forEach(ensemble -> others.add(recomposed(ensemble)));
                }
            }
        });
        return plain(done.handle((nothing, failure) -> all(others).thenCompose(seen -> ended(failure)))
                .thenCompose(Function.identity()));
    }

    private static CompletionStage<Void> ended(@Nullable Throwable failure) {
        return failure == null ? CompletableFuture.completedStage(null) : CompletableFuture.failedStage(failure);
    }

    /** The same outcome; a failure as it was, without what stages wrap around it. */
    private static CompletionStage<Void> plain(CompletionStage<Void> stage) {
        CompletableFuture<Void> plain = new CompletableFuture<>();
        stage.whenComplete((done, failure) -> {
            if (failure == null) {
                plain.complete(null);
            } else {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                plain.completeExceptionally(cause == null ? failure : cause);
            }
        });
        return plain;
    }

    /** What an ensemble sees of a part. */
    private record Standing(Map<Long, ModelVersion> ready, String problem) {}

    private Standing standing(String name) {
        CatalogEntry entry = catalog.find(name);
        return entry == null ? new Standing(Map.of(), "-") : new Standing(entry.ready(), entry.problem());
    }

    /** Sees to an ensemble one of whose parts has changed; its failure is on its record. */
    private CompletionStage<Void> recomposed(String name) {
        return changing(name, () -> {
                    if (!closed && graph.find(name) != null) {
                        recompose(name);
                    }
                })
                .exceptionally(failure -> null);
    }

    private void recompose(String name) {
        checkOpen(name);
        EnsembleGraph.Node node = graph.find(name);
        if (node == null) {
            throw new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "load failed for model '" + name + "': it was unloaded while its parts were loaded");
        }
        reconciler.recompose(node);
    }

    /** Notes why a model that is to be served cannot even be looked at. What serves, serves on. */
    public CompletionStage<Void> reject(String name, String reason) {
        return changing(name, () -> {
            LOG.log(Level.ERROR, "model ''{0}'' cannot be loaded: {1}", name, reason);
            CatalogEntry entry = catalog.entry(name);
            entry.setWanted(true);
            entry.setProblem(reason);
        });
    }

    /** Notes that a model is there which nobody has asked for. */
    public void know(String name) {
        catalog.entry(name);
    }

    /**
     * Unloads all versions of a model; does nothing for a model that is not known. A load that is under way is waited for; its
     * warm-up ends early, and the load fails.
     *
     * @return done when the last request is answered and the memory of all versions given back, also that of versions
     *     which were replaced before; an {@link InferenceException} UNAVAILABLE where that may never be, since an instance is
     *     stuck
     */
    public CompletionStage<Void> unload(String name) {
        return unload(name, ModelVersion::drainUnlessStuck);
    }

    private CompletionStage<Void> unload(String name, Function<ModelVersion, CompletionStage<Void>> drain) {
        List<CompletionStage<Void>> drains = new ArrayList<>();
        stops.unloadWaits(name);
        return changing(name, () -> {
                    stops.unloadBegins(name);
                    drains.addAll(unloadNow(name, drain));
                })
                .thenCompose(done -> firstFailure(drains));
    }

    private List<CompletionStage<Void>> unloadNow(String name, Function<ModelVersion, CompletionStage<Void>> drain) {
        graph.forget(name);
        CatalogEntry entry = catalog.find(name);
        if (entry == null) {
            return List.of();
        }
        SortedMap<Long, ModelVersion> served = entry.ready();
        entry.setWanted(false);
        entry.publish(Map.of());
        entry.setProblem(CatalogEntry.UNLOADED);
        served.forEach((version, each) -> {
            entry.move(version, VersionState.DRAINING, "");
            ModelReconciler.retire(entry, each);
        });
        return entry.leaving().stream().map(drain).toList();
    }

    /**
     * Loads nothing any more, not even what was asked for before, and unloads everything.
     *
     * @return done when no load is under way and all memory is given back; never a failure, those are logged
     */
    public CompletionStage<Void> close() {
        closed = true;
        stops.stopAll();
        return lanes.settled()
                .thenCompose(done ->
                        all(catalog.names().stream().map(this::unloadAtLast).toList()));
    }

    private CompletionStage<Void> unloadAtLast(String name) {
        return unload(name, ModelVersion::drain)
                // Threads that were taken back too early must not cost the models their close.
                .exceptionallyCompose(failure -> all(unloadNow(name, ModelVersion::drain)))
                .exceptionally(failure -> {
                    LOG.log(Level.ERROR, "model '" + name + "' could not be unloaded", failure);
                    return null;
                });
    }

    private void checkOpen(String name) {
        if (closed) {
            throw new InferenceException(
                    ErrorCode.UNAVAILABLE, "load failed for model '" + name + "': the server is stopping");
        }
    }

    /** Done when all are; fails as soon as one does. */
    private static CompletionStage<Void> firstFailure(List<CompletionStage<Void>> stages) {
        CompletableFuture<Void> first = all(stages).toCompletableFuture().copy();
        stages.forEach(stage -> stage.whenComplete((done, failure) -> {
            if (failure != null) {
                first.completeExceptionally(failure);
            }
        }));
        return first;
    }

    private static CompletionStage<Void> all(List<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new));
    }
}
