package io.longshore.lifecycle;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.model.ModelWarmup;
import io.longshore.schedule.BareExecution;
import io.longshore.schedule.PendingRequest;
import io.longshore.schedule.RequestFailures;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a version's warm-up samples on its instances, one run after the other on the calling thread, before a scheduler gets
 * them. What runs here is counted nowhere. It ends early with the first failure, and when nobody wants the version any more;
 * then the run that is under way is cancelled as a client's request would be.
 */
final class Warmup {
    private static final Logger LOG = System.getLogger(Warmup.class.getName());

    private final ModelId id;
    private final ModelConfig config;
    private final List<String> outputs;
    private final List<ModelWarmup> warmups;
    private final WarmupSamples samples;
    private final Function<PendingRequest, InferenceContext> contexts;
    private final Ticker ticker;
    private final LoadStops stops;

    /**
     * @param samples makes the tensors
     * @param contexts makes the context of a run for code inside the model
     * @param stops tells when to end early
     */
    Warmup(
            ModelId id,
            ModelConfig config,
            WarmupSamples samples,
            Function<PendingRequest, InferenceContext> contexts,
            Ticker ticker,
            LoadStops stops) {
        this.id = id;
        this.config = config;
        this.outputs = config.backendOutputs().stream().map(ModelOutput::name).toList();
        this.warmups = config.warmups().stream().filter(ModelWarmup::isRun).toList();
        this.samples = samples;
        this.contexts = contexts;
        this.ticker = ticker;
        this.stops = stops;
    }

    /**
     * Runs every sample as often as it says on every instance.
     *
     * @throws BackendException if a sample cannot be made, or fails
     * @throws InferenceException UNAVAILABLE if the version is not wanted any more
     */
    void run(List<BackendInstance> instances) throws BackendException {
        for (ModelWarmup warmup : warmups) {
            WarmupSample sample = samples.make(warmup);
            try {
                for (BackendInstance instance : instances) {
                    run(sample, instance);
                }
            } finally {
                sample.release();
            }
            LOG.log(Level.DEBUG, "model ''{0}'' has run warmup sample ''{1}''", id.name(), warmup.name());
        }
    }

    private void run(WarmupSample sample, BackendInstance instance) throws BackendException {
        for (long i = 0; i < sample.warmup().count(); i++) {
            InferenceException failure = runOnce(sample, instance);
            if (stops.isStopped(id.name())) {
                throw new InferenceException(
                        ErrorCode.UNAVAILABLE,
                        "the warm-up of model '" + id.name() + "' was stopped, since the model is to be unloaded");
            }
            if (failure != null) {
                throw new BackendException(
                        "failed to run warmup sample '" + sample.warmup().name() + "': " + failure.getMessage() + "; ",
                        failure);
            }
        }
    }

    /** Why the run failed, or null. */
    private @Nullable InferenceException runOnce(WarmupSample sample, BackendInstance instance) {
        Outcome outcome = new Outcome();
        InferenceRequest request = new InferenceRequest(
                sample.warmup().name(),
                new ModelSelector.Exact(id),
                sample.retained(),
                List.of(),
                Parameters.NONE,
                InferenceRequest.Options.DEFAULT);
        PendingRequest pending = new PendingRequest(
                request, request.inputs(), outputs, outcome, new RequestFailures(), outcome.over::countDown);
        Runnable forget = stops.onStop(id.name(), pending::cancel);
        try {
            BareExecution.run(pending, instance, id, config, contexts, ticker);
            outcome.awaitOver(pending);
        } finally {
            forget.run();
        }
        return outcome.failure;
    }

    /** What a run comes to; valid once it is over. */
    private static final class Outcome implements ResponseSink {
        private final CountDownLatch over = new CountDownLatch(1);
        private @Nullable InferenceException failure;

        /** Waits for the end of the run, which an interruption only hastens: its instance is not to be closed before. */
        void awaitOver(PendingRequest run) {
            boolean interrupted = false;
            while (over.getCount() > 0) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    run.cancel();
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onResponse(InferenceResponse response, boolean isFinal) {
            response.release();
        }

        @Override
        public void onError(InferenceException why) {
            failure = why;
        }
    }
}
