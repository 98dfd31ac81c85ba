/** Metrics for Prometheus: their names, their text, and the port that they are served on. */
@NullMarked
package io.longshore.web.metrics;

import org.jspecify.annotations.NullMarked;
