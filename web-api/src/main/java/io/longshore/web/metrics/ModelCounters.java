package io.longshore.web.metrics;

import io.longshore.inference.FailureReason;
import io.longshore.inference.ModelMetrics;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The counters of models, under Triton's names and in its units. */
final class ModelCounters {
    private static final String FAILURE = "nv_inference_request_failure";
    private static final String FAILURE_HELP = "Requests that did not succeed";

    private static final List<Counter> COUNTS = List.of(
            new Counter(
                    "nv_inference_request_success",
                    "Requests that succeeded",
                    m -> m.statistics().success().count()),
            new Counter(
                    "nv_inference_count",
                    "Inferences that succeeded: each row of a batch is one",
                    m -> m.statistics().inferenceCount()),
            new Counter(
                    "nv_inference_exec_count",
                    "Executions that succeeded",
                    m -> m.statistics().executionCount()));

    private static final List<Counter> DURATIONS = List.of(
            new Counter(
                    "nv_inference_request_duration_us",
                    "Microseconds of all requests that succeeded, from their arrival to the end of their execution",
                    m -> micros(m.statistics().success().nanos())),
            new Counter(
                    "nv_inference_queue_duration_us",
                    "Microseconds that requests have waited for their execution",
                    m -> micros(m.statistics().queue().nanos())),
            new Counter(
                    "nv_inference_compute_input_duration_us",
                    "Microseconds of bringing inputs to the model; 0 where its backend does not tell",
                    m -> micros(m.statistics().compute().inputNanos())),
            new Counter(
                    "nv_inference_compute_infer_duration_us",
                    "Microseconds of the model's computation",
                    m -> micros(m.statistics().compute().inferNanos())),
            new Counter(
                    "nv_inference_compute_output_duration_us",
                    "Microseconds of taking outputs; 0 where the model's backend does not tell",
                    m -> micros(m.statistics().compute().outputNanos())));

    /** Of models that ask for the response cache alone. */
    private static final List<Counter> CACHE_COUNTS = List.of(
            new Counter(
                    "nv_cache_num_hits_per_model",
                    "Requests that the response cache has answered",
                    m -> m.statistics().caching().hits().count()),
            new Counter(
                    "nv_cache_num_misses_per_model",
                    "Requests that succeeded and were not in the response cache",
                    m -> m.statistics().caching().misses().count()));

    /** As those. */
    private static final List<Counter> CACHE_DURATIONS = List.of(
            new Counter(
                    "nv_cache_hit_duration_per_model",
                    "Microseconds of looking up responses that were in the cache",
                    m -> micros(m.statistics().caching().hits().nanos())),
            new Counter(
                    "nv_cache_miss_duration_per_model",
                    "Microseconds of looking up responses that were not in the cache, and of storing them",
                    m -> micros(m.statistics().caching().misses().nanos())));

    private ModelCounters() {}

    private record Counter(String name, String help, ToLongFunction<ModelMetrics> value) {}

    /**
     * Writes the counters of all models.
     *
     * @param durations whether the summed durations are among them
     */
    static void write(List<ModelMetrics> models, boolean durations, CounterText text) {
        COUNTS.forEach(counter -> write(models, counter, text));
        if (durations) {
            DURATIONS.forEach(counter -> write(models, counter, text));
        }
        writeCache(models, durations, text);
        text.family(FAILURE, FAILURE_HELP);
        for (ModelMetrics model : models) {
            Labels labels = ModelLabels.of(model);
            for (FailureReason reason : FailureReason.values()) {
                long count = model.failures().getOrDefault(reason, 0L);
                text.sample(FAILURE, labels.add("reason", reason.name()), count);
            }
        }
    }

    private static void writeCache(List<ModelMetrics> models, boolean durations, CounterText text) {
        List<ModelMetrics> cached =
                models.stream().filter(ModelCounters::usesCache).toList();
        if (cached.isEmpty()) {
            return;
        }
        CACHE_COUNTS.forEach(counter -> write(cached, counter, text));
        if (durations) {
            CACHE_DURATIONS.forEach(counter -> write(cached, counter, text));
        }
    }

    private static boolean usesCache(ModelMetrics model) {
        return model.config().usesResponseCache();
    }

    /** All counters of one model, for registries that do not know the text. */
    static Stream<Series> of(ModelMetrics model) {
        Labels labels = ModelLabels.of(model);
        List<Counter> own = new ArrayList<>(COUNTS);
        own.addAll(DURATIONS);
        if (usesCache(model)) {
            own.addAll(CACHE_COUNTS);
            own.addAll(CACHE_DURATIONS);
        }
        Stream<Series> counters = own.stream()
                .map(each -> new Series(
                        each.name(), each.help(), labels, (double) each.value().applyAsLong(model)));
        Stream<Series> failures = model.failures().entrySet().stream()
                .map(each -> new Series(
                        FAILURE,
                        FAILURE_HELP,
                        labels.add("reason", each.getKey().name()),
                        (double) each.getValue()));
        return Stream.concat(counters, failures);
    }

    private static void write(List<ModelMetrics> models, Counter counter, CounterText text) {
        text.family(counter.name(), counter.help());
        for (ModelMetrics model : models) {
            text.sample(counter.name(), ModelLabels.of(model), counter.value().applyAsLong(model));
        }
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }
}
