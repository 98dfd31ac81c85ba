package io.longshore.system;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' classic text format 0.0.4 and refuses what a Prometheus server would: a family that is typed twice, a
 * series that is there twice, a line that is none.
 */
final class PrometheusText {
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-zA-Z_:][\\w:]*) (counter|gauge|histogram|summary|untyped)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();

    private PrometheusText() {}

    static PrometheusText parse(String text) {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("the last line does not end");
        }
        PrometheusText parsed = new PrometheusText();
        text.lines().forEach(parsed::line);
        return parsed;
    }

    private void line(String line) {
        Matcher type = TYPE.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (type.matches()) {
            unique(types.put(type.group(1), type.group(2)), line);
        } else if (!line.startsWith("#") && sample.matches()) {
            String labels =
                    sample.group(2) == null ? "" : labels(sample.group(2)).toString();
            unique(samples.put(sample.group(1) + labels, number(sample.group(3))), line);
        } else if (!line.startsWith("# HELP ")) {
            throw new IllegalArgumentException("no line of the format: " + line);
        }
    }

    private static void unique(Object before, String line) {
        if (before != null) {
            throw new IllegalArgumentException("a second time: " + line);
        }
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            labels.put(label.group(1), label.group(2));
            end = label.end();
        }
        if (end != text.length()) {
            throw new IllegalArgumentException("no labels: " + text);
        }
        return labels;
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** The type of a family, or null. */
    String type(String family) {
        return types.get(family);
    }

    /** The value of a series, with its labels in the order of their names; -1 where there is none. */
    double value(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return samples.getOrDefault(name + (wanted.isEmpty() ? "" : wanted), -1.0);
    }

    /** Whether a series names this model. */
    boolean tellsOfModel(String model) {
        return samples.keySet().stream().anyMatch(series -> series.contains("model=" + model + ","));
    }
}
