package io.longshore.web.metrics;

import io.longshore.inference.LatencyCounts;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.ModelMetrics;
import io.longshore.model.LatencyFamily;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Gauges and histograms of models. */
final class ModelFamilies {
    private static final double NANOS_PER_SECOND = 1e9;

    private static final List<Gauge> GAUGES = List.of(
            Gauge.of("nv_inference_pending_request_count", "Requests that wait for an instance", ModelMetrics::waiting),
            Gauge.of(
                    "nv_model_load_duration_secs",
                    "Seconds that loading the version took",
                    m -> m.loadTime().toNanos() / NANOS_PER_SECOND),
            Gauge.of("longshore_queue_depth", "Requests that wait for an instance", ModelMetrics::waiting),
            Gauge.of(
                    "longshore_queue_capacity",
                    "Requests that may wait for an instance; more are refused",
                    m -> m.config().queuePolicy().maxQueueSize()),
            Gauge.of(
                    "longshore_requests_in_flight",
                    "Requests accepted and not over, those that wait included",
                    ModelMetrics::inFlight),
            Gauge.learned(
                    "longshore_batch_rows_limit",
                    "Rows of a batch at most, as chosen for the latency goal",
                    LearnedBatching::maxRows),
            Gauge.learned(
                    "longshore_batch_fixed_cost_seconds",
                    "Seconds that an execution costs whatever its rows, as learned",
                    learned -> learned.fixedNanos() / NANOS_PER_SECOND),
            Gauge.learned(
                    "longshore_batch_row_cost_seconds",
                    "Seconds that each row adds to an execution, as learned",
                    learned -> learned.rowNanos() / NANOS_PER_SECOND));

    private ModelFamilies() {}

    /** A gauge of the models that have a value for it. */
    private record Gauge(String name, String help, Function<ModelMetrics, OptionalDouble> value) {
        /** One of all models. */
        static Gauge of(String name, String help, ToDoubleFunction<ModelMetrics> value) {
            return new Gauge(name, help, model -> OptionalDouble.of(value.applyAsDouble(model)));
        }

        /** One of models that learn what their batches cost. */
        static Gauge learned(String name, String help, ToDoubleFunction<LearnedBatching> value) {
            return new Gauge(
                    name,
                    help,
                    model -> model.batching().stream().mapToDouble(value).findFirst());
        }
    }

    /**
     * Gauges and histograms of all models; none where there is no model.
     *
     * @param firstResponses whether Triton's histogram of first responses is among them
     */
    static List<MetricSnapshot> of(List<ModelMetrics> models, boolean firstResponses) {
        List<MetricSnapshot> families = new ArrayList<>();
        GAUGES.stream()
                .map(gauge -> gauge(gauge, models))
                .filter(family -> models.isEmpty() || !family.getDataPoints().isEmpty())
                .forEach(families::add);
        for (LatencyFamily family : LatencyFamily.values()) {
            if (firstResponses || family != LatencyFamily.FIRST_RESPONSE) {
                families.add(histogram(family, models));
            }
        }
        return families;
    }

    /** All gauges of one model, for registries that do not know the text. */
    static Stream<Series> of(ModelMetrics model) {
        return GAUGES.stream()
                .flatMap(each -> each.value().apply(model).stream()
                        .mapToObj(value -> new Series(each.name(), each.help(), ModelLabels.of(model), value)));
    }

    private static GaugeSnapshot gauge(Gauge gauge, List<ModelMetrics> models) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name(gauge.name()).help(gauge.help());
        for (ModelMetrics model : models) {
            gauge.value()
                    .apply(model)
                    .ifPresent(value -> family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .labels(ModelLabels.of(model))
                            .value(value)
                            .build()));
        }
        return family.build();
    }

    private static HistogramSnapshot histogram(LatencyFamily latency, List<ModelMetrics> models) {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(latency.metricName()).help(help(latency));
        for (ModelMetrics model : models) {
            for (LatencyCounts counts : model.latencies()) {
                if (counts.family() == latency) {
                    family.dataPoint(HistogramDataPointSnapshot.builder()
                            .labels(ModelLabels.of(model))
                            .classicHistogramBuckets(buckets(counts))
                            .sum(counts.nanos() / latency.unitNanos())
                            .build());
                }
            }
        }
        return family.build();
    }

    private static String help(LatencyFamily latency) {
        return switch (latency) {
            case REQUEST -> "Seconds from a request's arrival to the end of its execution";
            case QUEUE -> "Seconds from a request's arrival to the beginning of its execution";
            case COMPUTE -> "Seconds from the beginning of a request's execution to its end";
            case FIRST_RESPONSE -> "Milliseconds from a request's arrival to its first response";
        };
    }

    private static ClassicHistogramBuckets buckets(LatencyCounts counts) {
        List<Double> bounds = new ArrayList<>(counts.bounds());
        bounds.add(Double.POSITIVE_INFINITY);
        return ClassicHistogramBuckets.of(bounds, counts.counts());
    }
}
