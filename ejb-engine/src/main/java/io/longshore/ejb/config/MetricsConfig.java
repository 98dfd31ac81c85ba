package io.longshore.ejb.config;

/**
 * The value of {@code --metrics-config}: the kinds of latency metrics beside the histograms that are always there.
 *
 * @param counterLatencies whether Triton's summed durations are shown
 * @param histogramLatencies whether Triton's histogram of first responses is shown
 * @param asksForSummaries whether summaries are asked for, which there are none of
 */
public record MetricsConfig(boolean counterLatencies, boolean histogramLatencies, boolean asksForSummaries) {
    /** As in Triton: counters alone. */
    public static final MetricsConfig DEFAULT = new MetricsConfig(true, false, false);

    /** @throws IllegalArgumentException for an entry that is none, with what is wrong with it */
    static MetricsConfig parse(String text) {
        MetricsConfig config = DEFAULT;
        for (String entry : text.split(";", -1)) {
            if (!entry.isBlank()) {
                config = config.with(entry.strip());
            }
        }
        return config;
    }

    private MetricsConfig with(String entry) {
        int equals = entry.indexOf('=');
        String name = entry.substring(0, Math.max(0, equals)).strip();
        String value = entry.substring(equals + 1).strip();
        return switch (name) {
            case "counter_latencies" -> new MetricsConfig(bool(entry, value), histogramLatencies, asksForSummaries);
            case "histogram_latencies" -> new MetricsConfig(counterLatencies, bool(entry, value), asksForSummaries);
            case "summary_latencies" -> new MetricsConfig(counterLatencies, histogramLatencies, bool(entry, value));
            case "summary_quantiles" -> withQuantiles(entry, value);
            default -> throw new IllegalArgumentException("entry '" + entry + "' is none");
        };
    }

    /** They say nothing without {@code summary_latencies}; in Triton's form they must be all the same. */
    private MetricsConfig withQuantiles(String entry, String value) {
        String number = "[0-9]*\\.?[0-9]+";
        String pair = "\\s*" + number + "\\s*:\\s*" + number + "\\s*";
        if (!value.matches(pair + "(," + pair + ")*")) {
            throw new IllegalArgumentException("entry '" + entry + "' is none");
        }
        return this;
    }

    private static boolean bool(String entry, String value) {
        try {
            return SettingTypes.bool(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("entry '" + entry + "' is none", e);
        }
    }
}
