package io.longshore.lifecycle;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import io.longshore.model.Ensemble;
import io.longshore.model.EnsembleParts;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.repository.ModelFolder;
import io.longshore.schedule.EnsembleScheduler;
import io.longshore.schedule.ExecutionStatistics;
import io.longshore.schedule.PartModels;
import io.longshore.schedule.ResponseShaper;
import io.longshore.tensor.MemoryAllocator;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Makes versions of ensembles. They have no weights and no instances: what counts is that the models they are made of are
 * there, and fit. Thread-safe.
 *
 * <p>Message texts follow {@code model_repository_manager.cc} of Triton's core.
 */
public final class EnsembleLoader {
    private final ModelCatalog catalog;
    private final PartModels models;
    private final MemoryAllocator allocator;
    private final Delayer delayer;
    private final Ticker ticker;
    private final Executor closer;

    /**
     * @param catalog tells which models are there
     * @param models calls them
     * @param allocator memory for outputs that are classified
     * @param delayer for deadlines
     * @param ticker the clock of {@code delayer}
     * @param closer runs what closes a version
     */
    public EnsembleLoader(
            ModelCatalog catalog,
            PartModels models,
            MemoryAllocator allocator,
            Delayer delayer,
            Ticker ticker,
            Executor closer) {
        this.catalog = catalog;
        this.models = models;
        this.allocator = allocator;
        this.delayer = delayer;
        this.ticker = ticker;
        this.closer = closer;
    }

    /**
     * The configuration of an ensemble over the models that are there now.
     *
     * @param draft what its configuration says
     * @throws InvalidModelConfigException if a model is missing, or does not fit
     */
    ModelConfig compose(ModelConfig.Builder draft) throws InvalidModelConfigException {
        Ensemble ensemble = draft.ensemble().orElseThrow();
        draft.build();
        checkKnown(draft.name(), ensemble);
        Map<Ensemble.Step, ModelConfig> parts = new HashMap<>();
        for (Ensemble.Step step : ensemble.steps()) {
            parts.put(step, part(draft.name(), step));
        }
        EnsembleParts.Result result = EnsembleParts.check(draft, step -> Objects.requireNonNull(parts.get(step)));
        if (!result.problems().isEmpty()) {
            throw new InvalidModelConfigException(result.problems());
        }
        return draft.decoupled(result.decoupled()).build();
    }

    private void checkKnown(String name, Ensemble ensemble) throws InvalidModelConfigException {
        List<String> missing = ensemble.models().stream()
                .filter(model -> catalog.find(model) == null)
                .toList();
        if (!missing.isEmpty()) {
            throw invalid("ensemble " + name + " contains models that are not available or ambiguous: "
                    + String.join(", ", missing));
        }
    }

    private ModelConfig part(String name, Ensemble.Step step) throws InvalidModelConfigException {
        String model = step.model();
        CatalogEntry entry = catalog.entry(model);
        if (entry.latest() == null) {
            String problem = entry.problem();
            throw invalid("ensemble '" + name + "' depends on '" + model + "' which has no loaded version."
                    + (problem.isEmpty() || problem.equals(CatalogEntry.UNLOADED)
                            ? ""
                            : " Model '" + model + "' loading failed with error: " + problem));
        }
        ModelVersion version = ModelCatalog.find(entry, step.selector());
        if (version == null) {
            throw invalid("ensemble '" + name + "' depends on '" + model + "' whose required version " + step.version()
                    + " is not loaded.");
        }
        return version.config();
    }

    private static InvalidModelConfigException invalid(String problem) {
        return new InvalidModelConfigException(List.of(problem));
    }

    /** Changes with the files of an ensemble's version, and with what follows from its parts. */
    static long fingerprint(ModelFolder folder, long version, ModelConfig composed) {
        return VersionPlan.fingerprint(folder, version) * 31 + (composed.isDecoupled() ? 1 : 0);
    }

    /**
     * A version over the parts that {@link #compose} has found.
     *
     * @throws InvalidModelConfigException if a file of labels cannot be read, is too large or is outside of the folder
     */
    ModelVersion load(ModelFolder folder, long version, ModelConfig config) throws InvalidModelConfigException {
        long begun = ticker.nanos();
        ModelId id = new ModelId(folder.name(), version);
        ExecutionStatistics statistics = new ExecutionStatistics(config);
        ResponseShaper shaper =
                OutputShaping.of(id, config, folder.files(version).modelFolder(), allocator);
        EnsembleScheduler scheduler = new EnsembleScheduler(config, models, shaper, delayer, ticker, statistics);
        folder.retain();
        return new ModelVersion(
                id,
                config,
                fingerprint(folder, version, config),
                scheduler,
                statistics,
                Duration.ofNanos(ticker.nanos() - begun),
                folder::release,
                closer);
    }
}
