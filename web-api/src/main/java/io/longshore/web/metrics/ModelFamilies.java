package io.longshore.web.metrics;

import io.longshore.inference.LatencyCounts;
import io.longshore.inference.ModelMetrics;
import io.longshore.model.LatencyFamily;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Gauges and histograms of models. */
final class ModelFamilies {
    private static final double NANOS_PER_SECOND = 1e9;

    private static final List<Gauge> GAUGES = List.of(
            new Gauge(
                    "nv_inference_pending_request_count", "Requests that wait for an instance", ModelMetrics::waiting),
            new Gauge(
                    "nv_model_load_duration_secs",
                    "Seconds that loading the version took",
                    m -> m.loadTime().toNanos() / NANOS_PER_SECOND),
            new Gauge("longshore_queue_depth", "Requests that wait for an instance", ModelMetrics::waiting),
            new Gauge(
                    "longshore_queue_capacity",
                    "Requests that may wait for an instance; more are refused",
                    m -> m.config().queuePolicy().maxQueueSize()),
            new Gauge(
                    "longshore_requests_in_flight",
                    "Requests accepted and not over, those that wait included",
                    ModelMetrics::inFlight));

    private ModelFamilies() {}

    private record Gauge(String name, String help, ToDoubleFunction<ModelMetrics> value) {}

    /**
     * Gauges and histograms of all models; none where there is no model.
     *
     * @param firstResponses whether Triton's histogram of first responses is among them
     */
    static List<MetricSnapshot> of(List<ModelMetrics> models, boolean firstResponses) {
        List<MetricSnapshot> families = new ArrayList<>();
        GAUGES.forEach(gauge -> families.add(gauge(gauge, models)));
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
                .map(each -> new Series(
                        each.name(),
                        each.help(),
                        ModelLabels.of(model),
                        each.value().applyAsDouble(model)));
    }

    private static GaugeSnapshot gauge(Gauge gauge, List<ModelMetrics> models) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name(gauge.name()).help(gauge.help());
        for (ModelMetrics model : models) {
            family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(ModelLabels.of(model))
                    .value(gauge.value().applyAsDouble(model))
                    .build());
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
