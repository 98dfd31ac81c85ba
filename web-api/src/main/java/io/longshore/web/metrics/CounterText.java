package io.longshore.web.metrics;

import io.prometheus.metrics.model.snapshots.Labels;

/**
 * Writes counters in Prometheus' classic text format 0.0.4. The library's own writer puts {@code _total} behind the name of
 * every counter, while Triton's have none: so Triton's counters, and only they, are written here. Not thread-safe.
 */
final class CounterText {
    private final StringBuilder text = new StringBuilder();
    private String family = "";

    /** Begins a family; one without samples leaves no trace. */
    CounterText family(String name, String help) {
        family = "# HELP " + name + " " + escaped(help, false) + "\n# TYPE " + name + " counter\n";
        return this;
    }

    /** Adds a sample to the family that was begun last. */
    void sample(String name, Labels labels, long value) {
        text.append(family).append(name);
        family = "";
        for (int i = 0; i < labels.size(); i++) {
            text.append(i == 0 ? '{' : ',').append(labels.getName(i)).append("=\"");
            text.append(escaped(labels.getValue(i), true)).append('"');
        }
        text.append(labels.isEmpty() ? " " : "} ").append(value).append('\n');
    }

    private static String escaped(String value, boolean quoted) {
        String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
        return quoted ? escaped.replace("\"", "\\\"") : escaped;
    }

    /** All samples so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}
