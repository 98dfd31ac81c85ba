package io.longshore.web.metrics;

import io.prometheus.metrics.model.snapshots.Labels;

/**
 * One value of a model.
 *
 * @param name the metric's name
 * @param help what it is
 * @param labels the model's, and those of the value
 * @param value the value in the metric's unit
 */
record Series(String name, String help, Labels labels, double value) {}
