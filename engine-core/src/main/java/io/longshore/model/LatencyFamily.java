package io.longshore.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A latency of a model that is counted in buckets. The name is the one that metrics and a configuration's
 * {@code model_metrics} have for it.
 */
public enum LatencyFamily {
    /** From a request's arrival at its model to the end of its execution. */
    REQUEST("longshore_request_duration_seconds", 1e9),
    /** From a request's arrival at its model to the beginning of its execution. */
    QUEUE("longshore_queue_duration_seconds", 1e9),
    /** From the beginning of a request's execution to its end. */
    COMPUTE("longshore_compute_duration_seconds", 1e9),
    /** From a request's arrival at a decoupled model to its first response; Triton's name and buckets. */
    FIRST_RESPONSE("nv_inference_first_response_histogram_ms", 1e6);

    /** Buckets that a configuration may ask for, at most: each is a series of every model. */
    public static final int MAX_BOUNDS = 64;

    /** From 100 microseconds, a small model, to half a minute. */
    private static final List<Double> SECONDS = List.of(
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
            30.0);

    private static final List<Double> TRITONS_MILLISECONDS = List.of(100.0, 500.0, 2000.0, 5000.0);

    private final String metricName;
    private final double unitNanos;

    LatencyFamily(String metricName, double unitNanos) {
        this.metricName = metricName;
        this.unitNanos = unitNanos;
    }

    /** The family of this name, or empty. */
    public static Optional<LatencyFamily> named(String metricName) {
        return Arrays.stream(values())
                .filter(family -> family.metricName.equals(metricName))
                .findFirst();
    }

    /** The name of the metric. */
    public String metricName() {
        return metricName;
    }

    /** Nanoseconds in one unit of the metric. */
    public double unitNanos() {
        return unitNanos;
    }

    /** The upper bounds of the buckets where a configuration names none, ascending, in the metric's unit. */
    public List<Double> defaultBounds() {
        return this == FIRST_RESPONSE ? TRITONS_MILLISECONDS : SECONDS;
    }

    /**
     * What is wrong with such bounds, or empty.
     *
     * @param bounds upper bounds in the metric's unit
     */
    public static String problem(List<Double> bounds) {
        if (bounds.isEmpty() || bounds.size() > MAX_BOUNDS) {
            return bounds.size() + " buckets; name 1 to " + MAX_BOUNDS;
        }
        double before = 0;
        for (double bound : bounds) {
            if (!(bound > before) || bound == Double.POSITIVE_INFINITY) {
                return "bucket " + bound + " behind " + before + "; name positive numbers in ascending order, the last"
                        + " bucket, +Inf, is always there";
            }
            before = bound;
        }
        return "";
    }
}
