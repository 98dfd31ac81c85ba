package io.longshore.lifecycle;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The sole owner of version states. It brings one model at a time to what a folder holds, as often as it is asked to, and
 * does nothing where nothing changed. Thread-safe: calls for one model take effect one after the other, different models
 * load side by side.
 *
 * <p>A change is atomic over a model's versions: all that are wanted load first, then they are published together, then
 * what they replace drains. If one of them fails, those loaded with it are dropped and what served before serves on.
 */
public final class ModelManager {
    private static final Logger LOG = System.getLogger(ModelManager.class.getName());

    private final ModelCatalog catalog;
    private final VersionLoader loader;
    private final ModelConfigSource configs;
    private final SerialLanes lanes;

    /**
     * @param catalog where versions are published
     * @param loader loads them
     * @param configs tells which of them are wanted
     * @param executor runs the loading; as many models load at once as it has threads
     */
    public ModelManager(ModelCatalog catalog, BackendLoader loader, ModelConfigSource configs, Executor executor) {
        this(catalog, (VersionLoader) loader, configs, executor);
    }

    ModelManager(ModelCatalog catalog, VersionLoader loader, ModelConfigSource configs, Executor executor) {
        this.catalog = catalog;
        this.loader = loader;
        this.configs = configs;
        this.lanes = new SerialLanes(executor);
    }

    /**
     * Brings a model to what its folder holds.
     *
     * @return done when every wanted version serves, or an {@link InferenceException} with the reason
     */
    public CompletionStage<Void> reconcile(ModelFolder folder) {
        return lanes.submit(folder.name(), () -> reconcileNow(folder));
    }

    /** Notes why a model cannot even be looked at. What serves, serves on. */
    public CompletionStage<Void> reject(String name, String reason) {
        return lanes.submit(name, () -> {
            LOG.log(Level.ERROR, "model ''{0}'' cannot be loaded: {1}", name, reason);
            catalog.entry(name).setProblem(reason);
        });
    }

    /** Notes that a model is there which nobody has asked for. */
    public void know(String name) {
        catalog.entry(name);
    }

    /**
     * Unloads all versions of a model.
     *
     * @return done when the last request is answered and the memory of all versions given back
     */
    public CompletionStage<Void> unload(String name) {
        List<CompletionStage<Void>> drains = new ArrayList<>();
        return lanes.submit(name, () -> {
                    CatalogEntry entry = catalog.entry(name);
                    SortedMap<Long, ModelVersion> served = entry.ready();
                    entry.publish(Map.of());
                    entry.setProblem("unloaded");
                    served.values().forEach(version -> drains.add(drain(entry, version)));
                })
                .thenCompose(done -> all(drains));
    }

    /** Unloads everything; done when all memory is given back. */
    public CompletionStage<Void> unloadAll() {
        return all(catalog.names().stream().map(this::unload).toList());
    }

    private void reconcileNow(ModelFolder folder) {
        CatalogEntry entry = catalog.entry(folder.name());
        try {
            SortedSet<Long> wanted = wanted(folder);
            VersionPlan plan = VersionPlan.of(folder, wanted, entry.ready());
            SortedMap<Long, ModelVersion> serving = new TreeMap<>(plan.keep());
            serving.putAll(loadAll(folder, plan.load(), entry));
            publish(entry, folder, serving);
        } catch (InvalidModelConfigException e) {
            throw failed(entry, folder, reason(e));
        }
    }

    private SortedSet<Long> wanted(ModelFolder folder) throws InvalidModelConfigException {
        SortedSet<Long> wanted =
                configs.read(folder).versionPolicy().select(folder.versions().keySet());
        if (wanted.isEmpty()) {
            throw new InvalidModelConfigException(List.of("no version is available: " + folder.path()
                    + " holds the versions " + folder.versions().keySet()
                    + "; at least one folder named by a positive number, such as '1', is needed"));
        }
        return wanted;
    }

    private SortedMap<Long, ModelVersion> loadAll(ModelFolder folder, Set<Long> versions, CatalogEntry entry) {
        SortedMap<Long, ModelVersion> loaded = new TreeMap<>();
        for (long version : versions) {
            boolean serves = entry.ready().containsKey(version);
            if (!serves) {
                entry.move(version, VersionState.LOADING, "");
            }
            try {
                loaded.put(version, loader.load(folder, version));
            } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError e) {
                abandon(entry, loaded, version);
                entry.moveFrom(VersionState.LOADING, version, VersionState.FAILED, reason(e));
                throw failed(entry, folder, "version " + version + " is at UNAVAILABLE state: " + reason(e));
            }
        }
        return loaded;
    }

    private static void abandon(CatalogEntry entry, Map<Long, ModelVersion> loaded, long culprit) {
        loaded.forEach((version, dropped) -> {
            dropped.drain();
            entry.moveFrom(
                    VersionState.LOADING,
                    version,
                    VersionState.FAILED,
                    "not served because version " + culprit + " failed to load with it");
        });
    }

    private static InferenceException failed(CatalogEntry entry, ModelFolder folder, String reason) {
        entry.setProblem(reason);
        LOG.log(Level.ERROR, "load failed for model ''{0}'': {1}", folder.name(), reason);
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT, "load failed for model '" + folder.name() + "': " + reason);
    }

    private void publish(CatalogEntry entry, ModelFolder folder, SortedMap<Long, ModelVersion> serving) {
        SortedMap<Long, ModelVersion> before = entry.ready();
        entry.publish(serving);
        serving.forEach((version, now) -> {
            if (now != before.get(version)) {
                entry.moveFrom(VersionState.LOADING, version, VersionState.READY, "");
                LOG.log(Level.INFO, "model ''{0}'' version {1} is ready", folder.name(), String.valueOf(version));
            }
        });
        entry.setProblem("");
        before.forEach((version, old) -> {
            if (!serving.containsKey(version)) {
                drain(entry, old);
            } else if (serving.get(version) != old) {
                old.drain();
            }
        });
        Set<Long> present = new HashSet<>(folder.versions().keySet());
        present.addAll(serving.keySet());
        entry.keepOnly(present);
    }

    private static CompletionStage<Void> drain(CatalogEntry entry, ModelVersion version) {
        entry.move(version.id().version(), VersionState.DRAINING, "");
        return version.drain().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(Level.ERROR, "model version " + version.id() + " could not be closed", failure);
            }
            entry.unloaded(version.id().version());
        });
    }

    private static CompletionStage<Void> all(List<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new));
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.toString() : message;
    }
}
