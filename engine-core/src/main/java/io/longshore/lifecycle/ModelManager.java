package io.longshore.lifecycle;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import io.longshore.spi.BackendException;
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
import org.jspecify.annotations.Nullable;

/**
 * The sole owner of version states. It brings one model at a time to what a folder holds, as often as it is asked to, and
 * does nothing where nothing changed. Thread-safe: calls for one model take effect one after the other, different models
 * load side by side.
 *
 * <p>A change is atomic over a model's versions: all that are wanted load first, then they are published together, then
 * what they replace drains. If one of them fails, those loaded with it are dropped and what served before serves on.
 *
 * <p>Its end: {@link #close}. A load that is under way is waited for, since no framework can be interrupted while it loads;
 * what waits behind it is refused.
 */
public final class ModelManager {
    private static final Logger LOG = System.getLogger(ModelManager.class.getName());

    private final ModelCatalog catalog;
    private final VersionLoader loader;
    private final ModelConfigSource configs;
    private final SerialLanes lanes;
    private volatile boolean closed;

    /**
     * @param catalog where versions are published
     * @param loader loads them
     * @param configs tells which of them are wanted
     * @param retries how often a version that its backend failed to load is tried again
     * @param executor runs the loading; as many models load at once as it has threads
     */
    public ModelManager(
            ModelCatalog catalog, BackendLoader loader, ModelConfigSource configs, int retries, Executor executor) {
        this(catalog, new RetryingLoader(loader, retries), configs, executor);
    }

    ModelManager(ModelCatalog catalog, VersionLoader loader, ModelConfigSource configs, Executor executor) {
        this.catalog = catalog;
        this.loader = loader;
        this.configs = configs;
        this.lanes = new SerialLanes(executor);
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

    /**
     * Brings a model to what its folder holds.
     *
     * @return done when every wanted version serves, or an {@link InferenceException} with the reason
     */
    public CompletionStage<Void> reconcile(ModelFolder folder) {
        return reconcile(folder.name(), () -> folder);
    }

    /**
     * Brings a model to what its folder holds once everything asked for before is done.
     *
     * @param folder looked at then; what it throws is the outcome
     * @return done when every wanted version serves, or an {@link InferenceException} with the reason
     */
    public CompletionStage<Void> reconcile(String name, FolderSource folder) {
        return lanes.submit(name, () -> {
            checkOpen(name);
            reconcileNow(folder.look());
        });
    }

    /** Notes why a model that is to be served cannot even be looked at. What serves, serves on. */
    public CompletionStage<Void> reject(String name, String reason) {
        return lanes.submit(name, () -> {
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
     * Unloads all versions of a model; does nothing for a model that is not known.
     *
     * @return done when the last request is answered and the memory of all versions given back, also that of versions
     *     which were replaced before
     */
    public CompletionStage<Void> unload(String name) {
        List<CompletionStage<Void>> drains = new ArrayList<>();
        return lanes.submit(name, () -> drains.addAll(unloadNow(name))).thenCompose(done -> all(drains));
    }

    private List<CompletionStage<Void>> unloadNow(String name) {
        CatalogEntry entry = catalog.find(name);
        if (entry == null) {
            return List.of();
        }
        SortedMap<Long, ModelVersion> served = entry.ready();
        entry.setWanted(false);
        entry.publish(Map.of());
        entry.setProblem("unloaded");
        served.forEach((version, each) -> {
            entry.move(version, VersionState.DRAINING, "");
            retire(entry, each);
        });
        return entry.leaving().stream().map(ModelVersion::drain).toList();
    }

    /**
     * Loads nothing any more, not even what was asked for before, and unloads everything.
     *
     * @return done when no load is under way and all memory is given back; never a failure, those are logged
     */
    public CompletionStage<Void> close() {
        closed = true;
        return lanes.settled()
                .thenCompose(done ->
                        all(catalog.names().stream().map(this::unloadAtLast).toList()));
    }

    private CompletionStage<Void> unloadAtLast(String name) {
        return unload(name)
                // Threads that were taken back too early must not cost the models their close.
                .exceptionallyCompose(failure -> all(unloadNow(name)))
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

    private void reconcileNow(ModelFolder folder) {
        CatalogEntry entry = catalog.entry(folder.name());
        entry.setWanted(true);
        SortedSet<Long> wanted = wanted(folder, entry);
        try {
            VersionPlan plan = VersionPlan.of(folder, wanted, entry.ready());
            SortedMap<Long, ModelVersion> serving = new TreeMap<>(plan.keep());
            serving.putAll(loadAll(folder, plan.load(), entry));
            publish(entry, folder, serving);
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            throw failed(entry, folder, e);
        }
    }

    /** The versions that the model's policy selects; at least one. */
    private SortedSet<Long> wanted(ModelFolder folder, CatalogEntry entry) {
        SortedSet<Long> wanted;
        try {
            wanted = configs.read(folder)
                    .versionPolicy()
                    .select(folder.versions().keySet());
        } catch (InvalidModelConfigException e) {
            String reason = reason(e);
            throw unreadable(entry, folder, "failed to poll from model repository: " + reason, reason, e);
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
            throw failed(entry, folder, e);
        }
        if (wanted.isEmpty()) {
            String reason = "no version is available: " + folder.path() + " holds the versions "
                    + folder.versions().keySet()
                    + "; at least one folder named by a positive number, such as '1', is needed";
            throw unreadable(entry, folder, reason, reason, null);
        }
        return wanted;
    }

    private SortedMap<Long, ModelVersion> loadAll(ModelFolder folder, Set<Long> versions, CatalogEntry entry)
            throws BackendException {
        SortedMap<Long, ModelVersion> loaded = new TreeMap<>();
        for (long version : versions) {
            boolean serves = entry.ready().containsKey(version);
            if (!serves) {
                entry.move(version, VersionState.LOADING, "");
            }
            LOG.log(Level.DEBUG, "model ''{0}'' version {1} is being loaded", folder.name(), String.valueOf(version));
            try {
                loaded.put(version, loader.load(folder, version));
            } catch (Throwable e) {
                // Whatever a framework throws: a version must not stay in loading for ever.
                abandon(entry, loaded, version);
                entry.moveFrom(VersionState.LOADING, version, VersionState.FAILED, reason(e));
                throw new BackendException("version " + version + " is at UNAVAILABLE state: " + reason(e), e);
            }
        }
        return loaded;
    }

    private static void abandon(CatalogEntry entry, Map<Long, ModelVersion> loaded, long culprit) {
        loaded.forEach((version, dropped) -> {
            retire(entry, dropped);
            entry.moveFrom(
                    VersionState.LOADING,
                    version,
                    VersionState.FAILED,
                    "not served because version " + culprit + " failed to load with it");
        });
    }

    /** A failure to load. Triton ends what it says of versions as lines of a list. */
    private static InferenceException failed(CatalogEntry entry, ModelFolder folder, Throwable failure) {
        String reason = reason(failure);
        String end = failure instanceof BackendException ? ";\n" : "";
        return noted(
                entry,
                folder,
                reason,
                new InferenceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "load failed for model '" + folder.name() + "': " + reason + end,
                        failure));
    }

    /** A model that is not even tried to be loaded; Triton calls that a failure of the server. */
    private static InferenceException unreadable(
            CatalogEntry entry, ModelFolder folder, String what, String reason, @Nullable Throwable cause) {
        return noted(
                entry,
                folder,
                reason,
                new InferenceException(ErrorCode.INTERNAL, "failed to load '" + folder.name() + "', " + what, cause));
    }

    private static InferenceException noted(
            CatalogEntry entry, ModelFolder folder, String reason, InferenceException failure) {
        entry.setProblem(reason);
        LOG.log(Level.ERROR, "load failed for model '" + folder.name() + "': " + reason, failure.getCause());
        return failure;
    }

    private void publish(CatalogEntry entry, ModelFolder folder, SortedMap<Long, ModelVersion> serving) {
        SortedMap<Long, ModelVersion> before = entry.ready();
        entry.publish(serving);
        serving.forEach((version, now) -> {
            // Also one that was kept: the reason why newer files of it failed is history.
            entry.moveFrom(VersionState.LOADING, version, VersionState.READY, "");
            if (now != before.get(version)) {
                LOG.log(Level.INFO, "model ''{0}'' version {1} is ready", folder.name(), String.valueOf(version));
            }
        });
        entry.setProblem("");
        // Before any of them drains: what this change takes away is told as unloaded until the next, however fast it
        // goes.
        Set<Long> present = new HashSet<>(folder.versions().keySet());
        present.addAll(serving.keySet());
        entry.keepOnly(present);
        before.forEach((version, old) -> {
            if (!serving.containsKey(version)) {
                entry.move(version, VersionState.DRAINING, "");
            }
            if (serving.get(version) != old) {
                retire(entry, old);
            }
        });
    }

    /** Drains a version that is published no more; its model's next unload waits for it. */
    private static void retire(CatalogEntry entry, ModelVersion version) {
        entry.leaves(version);
        version.drain().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(Level.ERROR, "model version " + version.id() + " could not be closed", failure);
            } else {
                String number = String.valueOf(version.id().version());
                LOG.log(
                        Level.DEBUG,
                        "model ''{0}'' version {1} is unloaded",
                        version.id().name(),
                        number);
            }
            entry.left(version);
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
