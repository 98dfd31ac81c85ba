package io.longshore.lifecycle;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import io.longshore.spi.BackendException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Brings a model to what its folder holds, or an ensemble to what its parts allow, in the model's turn: one call at a time for
 * each model.
 *
 * <p>A change is atomic over a model's versions: all that are wanted load first, then they are published together, then
 * what they replace drains. If one of them fails, those loaded with it are dropped and what served before serves on. Only an
 * ensemble whose parts are not there, or do not fit, is served no more.
 */
final class ModelReconciler {
    // As the owner of the models' states, which this is a part of.
    private static final Logger LOG = System.getLogger(ModelManager.class.getName());

    private final ModelCatalog catalog;
    private final VersionLoader loader;
    private final EnsembleLoader ensembles;
    private final ModelConfigSource configs;
    private final EnsembleGraph graph;

    /**
     * @param catalog where versions are published
     * @param loader loads them
     * @param ensembles makes those of ensembles
     * @param configs reads configurations
     * @param graph told of ensembles
     */
    ModelReconciler(
            ModelCatalog catalog,
            VersionLoader loader,
            EnsembleLoader ensembles,
            ModelConfigSource configs,
            EnsembleGraph graph) {
        this.catalog = catalog;
        this.loader = loader;
        this.ensembles = ensembles;
        this.configs = configs;
        this.graph = graph;
    }

    /**
     * Brings a model to what its folder holds.
     *
     * @throws InferenceException with the reason, where not every wanted version serves
     */
    void reconcile(ModelFolder folder) {
        CatalogEntry entry = catalog.entry(folder.name());
        entry.setWanted(true);
        ModelConfig.Builder draft = read(folder, entry);
        graph.note(folder, draft);
        reconcile(folder, draft, entry);
    }

    /**
     * Brings an ensemble to what its parts allow.
     *
     * @throws InferenceException with the reason, where not every wanted version serves
     */
    void recompose(EnsembleGraph.Node ensemble) {
        reconcile(
                ensemble.folder(),
                ensemble.draft(),
                catalog.entry(ensemble.folder().name()));
    }

    private void reconcile(ModelFolder folder, ModelConfig.Builder draft, CatalogEntry entry) {
        SortedSet<Long> wanted = wanted(folder, draft, entry);
        try {
            Making making = draft.ensemble().isPresent() ? ensemble(folder, draft) : model(folder);
            VersionPlan plan = VersionPlan.of(wanted, entry.ready(), making.fingerprint());
            SortedMap<Long, ModelVersion> serving = new TreeMap<>(plan.keep());
            serving.putAll(loadAll(folder, plan.load(), making.loader(), entry));
            publish(entry, folder, serving);
        } catch (NotComposedException e) {
            withdraw(entry, wanted, reason(e));
            throw notComposed(entry, folder, e);
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            throw failed(entry, folder, e);
        }
    }

    /**
     * How versions are made.
     *
     * @param fingerprint what one is made of, by its number
     * @param loader makes one
     */
    private record Making(LongUnaryOperator fingerprint, VersionLoader loader) {}

    private Making model(ModelFolder folder) {
        return new Making(version -> VersionPlan.fingerprint(folder, version), loader);
    }

    private Making ensemble(ModelFolder folder, ModelConfig.Builder draft) throws NotComposedException {
        String name = folder.name();
        String last = graph.cycleThrough(name);
        if (last != null) {
            throw new NotComposedException(
                    "circular dependency between ensembles: " + name + " -> ... -> " + last + " -> " + name);
        }
        try {
            ModelConfig config = ensembles.compose(draft);
            return new Making(
                    version -> EnsembleLoader.fingerprint(folder, version, config),
                    (files, version) -> ensembles.load(files, version, config));
        } catch (InvalidModelConfigException e) {
            throw new NotComposedException(reason(e));
        }
    }

    /** An ensemble whose parts are not there, or do not fit. */
    private static final class NotComposedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotComposedException(String message) {
            super(message);
        }
    }

    /** Serves no version of an ensemble any more, and tells why on each. */
    private static void withdraw(CatalogEntry entry, Set<Long> wanted, String reason) {
        SortedMap<Long, ModelVersion> served = entry.ready();
        Set<Long> versions = new HashSet<>(wanted);
        versions.addAll(served.keySet());
        entry.publish(Map.of());
        served.forEach((version, each) -> {
            entry.move(version, VersionState.DRAINING, "");
            retire(entry, each);
        });
        for (long version : versions) {
            entry.move(version, VersionState.LOADING, "");
            entry.move(version, VersionState.FAILED, reason);
        }
    }

    /** Said aloud only where nothing is under way that may mend it. */
    private InferenceException notComposed(CatalogEntry entry, ModelFolder folder, NotComposedException failure) {
        String reason = reason(failure);
        boolean waits = graph.parts(folder.name()).stream().anyMatch(this::isToCome);
        entry.setProblem(reason);
        LOG.log(waits ? Level.DEBUG : Level.ERROR, "load failed for model ''{0}'': {1}", folder.name(), reason);
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT, "load failed for model '" + folder.name() + "': " + reason);
    }

    /** Whether a model is known, and nothing has become of it yet. */
    private boolean isToCome(String part) {
        CatalogEntry entry = catalog.find(part);
        return entry != null && entry.ready().isEmpty() && entry.problem().isEmpty();
    }

    private ModelConfig.Builder read(ModelFolder folder, CatalogEntry entry) {
        try {
            return configs.read(folder);
        } catch (InvalidModelConfigException e) {
            String reason = reason(e);
            throw unreadable(entry, folder, "failed to poll from model repository: " + reason, reason, e);
        } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
            throw failed(entry, folder, e);
        }
    }

    /** The versions that the model's policy selects; at least one. */
    private static SortedSet<Long> wanted(ModelFolder folder, ModelConfig.Builder draft, CatalogEntry entry) {
        SortedSet<Long> wanted = draft.versionPolicy().select(folder.versions().keySet());
        if (wanted.isEmpty()) {
            String reason = "no version is available: " + folder.path() + " holds the versions "
                    + folder.versions().keySet()
                    + "; at least one folder named by a positive number, such as '1', is needed";
            throw unreadable(entry, folder, reason, reason, null);
        }
        return wanted;
    }

    private static SortedMap<Long, ModelVersion> loadAll(
            ModelFolder folder, Set<Long> versions, VersionLoader loader, CatalogEntry entry) throws BackendException {
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
        // Before a version is called ready, so that none is while the index tells what was wrong before.
        entry.setProblem("");
        serving.forEach((version, now) -> {
            // Also one that was kept: the reason why newer files of it failed is history.
            entry.moveFrom(VersionState.LOADING, version, VersionState.READY, "");
            if (now != before.get(version)) {
                LOG.log(Level.INFO, "model ''{0}'' version {1} is ready", folder.name(), String.valueOf(version));
            }
        });
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
    static void retire(CatalogEntry entry, ModelVersion version) {
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

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.toString() : message;
    }
}
