package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.Delayer;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Ticker;
import io.longshore.model.Ensemble;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.ModelOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs requests to an ensemble: it calls the models of the steps, each as soon as its inputs are there, and passes tensors
 * on without copying them.
 *
 * <p>It has no queue and no thread of its own. A request begins at once, and where a step's model cannot take it, it fails
 * with that model's refusal; so nothing here waits for what waits for it. What bounds the requests is what bounds those of
 * the models. {@link EnsembleFlow} decides what runs when, {@link EnsembleRun} is the thread-safe shell around it.
 */
public final class EnsembleScheduler implements Scheduler {
    private final ModelConfig config;
    private final Ensemble ensemble;
    private final PartModels models;
    private final ResponseShaper shaper;
    private final Delayer delayer;
    private final Ticker ticker;
    private final ExecutionStatistics statistics;
    private final EnsemblePlan forAllOutputs;
    private final List<StepLimit> limits = new ArrayList<>();

    /**
     * @param config that of an ensemble
     * @param models what it is made of
     * @param shaper makes responses of the last steps' outputs
     * @param delayer for deadlines
     * @param ticker the clock of {@code delayer}
     * @param statistics counts what requests come to
     */
    public EnsembleScheduler(
            ModelConfig config,
            PartModels models,
            ResponseShaper shaper,
            Delayer delayer,
            Ticker ticker,
            ExecutionStatistics statistics) {
        this.config = config;
        this.ensemble = config.ensemble().orElseThrow();
        this.models = models;
        this.shaper = shaper;
        this.delayer = delayer;
        this.ticker = ticker;
        this.statistics = statistics;
        this.forAllOutputs = new EnsemblePlan(
                ensemble, config.outputs().stream().map(ModelOutput::name).toList());
        ensemble.steps().forEach(step -> limits.add(new StepLimit(ensemble.maxInflightRequests())));
    }

    @Override
    public void submit(PendingRequest request) {
        request.arrivedAt(ticker.nanos());
        try {
            request.startTimer(delayer);
        } catch (RejectedExecutionException e) {
            request.reject(InferenceException.stopping(e));
            return;
        }
        if (request.begin()) {
            new EnsembleRun(this, request, plan(request.outputs())).start();
        }
    }

    private EnsemblePlan plan(List<String> outputs) {
        return outputs.equals(forAllOutputs.outputs()) ? forAllOutputs : new EnsemblePlan(ensemble, outputs);
    }

    ModelConfig config() {
        return config;
    }

    PartModels models() {
        return models;
    }

    ResponseShaper shaper() {
        return shaper;
    }

    Ticker ticker() {
        return ticker;
    }

    /** Counts what requests come to. */
    ExecutionStatistics counts() {
        return statistics;
    }

    /** What bounds the requests at a step. */
    StepLimit limit(int step) {
        return limits.get(step);
    }

    @Override
    public boolean hasSequence(CorrelationId id) {
        return ensemble.steps().stream().anyMatch(step -> models.hasSequence(step.selector(), id));
    }

    /** Why one of the parts cannot serve at this moment. */
    @Override
    public String brokenBecause() {
        for (Ensemble.Step step : ensemble.steps()) {
            String reason = models.notReadyBecause(step.selector());
            if (!reason.isEmpty()) {
                return "ensemble '" + config.name() + "' depends on '" + step.model() + "' which is not ready: "
                        + reason;
            }
        }
        return "";
    }

    @Override
    public ModelStatistics statistics(ModelId id) {
        return statistics.of(id, ticker.nanos());
    }

    @Override
    public int waiting() {
        return limits.stream().mapToInt(StepLimit::waiting).sum();
    }

    @Override
    public void close() {
        // The parts are not this scheduler's, and of its own it has nothing.
    }
}
