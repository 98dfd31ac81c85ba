package io.longshore.web.metrics;

import io.longshore.inference.ModelMetrics;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.TreeMap;

/** The labels of a model's metrics: Triton's {@code model} and {@code version}, and the tags of its configuration. */
final class ModelLabels {
    private ModelLabels() {}

    /** The labels; Triton puts a {@code _} before the name of each tag. */
    static Labels of(ModelMetrics model) {
        Map<String, String> labels = new TreeMap<>();
        model.config().metricTags().forEach((name, value) -> labels.put("_" + name, value));
        labels.put("model", model.statistics().name());
        labels.put("version", Long.toString(model.statistics().version()));
        return Labels.of(labels.keySet().toArray(String[]::new), labels.values().toArray(String[]::new));
    }
}
