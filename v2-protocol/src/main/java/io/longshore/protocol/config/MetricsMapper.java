package io.longshore.protocol.config;

import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelConfig;
import io.longshore.protocol.config.proto.ModelMetrics.MetricControl;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads what a configuration says of the model's metrics. Not thread-safe; used once. */
final class MetricsMapper {
    private final ConfigLines lines;
    private final ConfigFindings findings;

    MetricsMapper(ConfigLines lines, ConfigFindings findings) {
        this.lines = lines;
        this.findings = findings;
    }

    /** Fills labels and buckets; a label that cannot be one is left out, buckets that cannot be counted in are a problem. */
    void map(io.longshore.protocol.config.proto.ModelConfig message, ModelConfig.Builder config) {
        message.getMetricTagsMap().forEach((name, value) -> mapTag(name, value, config));
        message.getModelMetrics().getMetricControlList().forEach(control -> mapControl(control, config));
    }

    private void mapTag(String name, String value, ModelConfig.Builder config) {
        if (ModelConfig.isMetricTag(name)) {
            config.metricTag(name, value);
        } else {
            findings.note(
                    lines.of("metric_tags"),
                    "metric_tags: '" + name + "' has no effect: the name of a label has letters, digits and _ and does"
                            + " not begin with _");
        }
    }

    private void mapControl(MetricControl control, ModelConfig.Builder config) {
        String name = control.getMetricIdentifier().getFamily();
        Optional<LatencyFamily> family = LatencyFamily.named(name);
        if (family.isEmpty()) {
            findings.note(
                    lines.of("model_metrics"),
                    "model_metrics: family '" + name + "' has no effect: buckets can be set for " + families());
        } else if (control.hasHistogramOptions()) {
            mapBuckets(family.get(), control.getHistogramOptions().getBucketsList(), config);
        }
    }

    private void mapBuckets(LatencyFamily family, List<Double> bounds, ModelConfig.Builder config) {
        String problem = LatencyFamily.problem(bounds);
        if (problem.isEmpty()) {
            config.latencyBounds(family, bounds);
        } else {
            findings.problem(lines.of("model_metrics"), "model_metrics: " + family.metricName() + " has " + problem);
        }
    }

    private static String families() {
        return Arrays.stream(LatencyFamily.values())
                .map(LatencyFamily::metricName)
                .collect(Collectors.joining(", "));
    }
}
