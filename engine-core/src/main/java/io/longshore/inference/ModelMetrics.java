package io.longshore.inference;

import io.longshore.model.ModelConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What monitoring is told of one version of a model. Counts start when the version is loaded and never go back.
 *
 * @param config the version's configuration
 * @param statistics what its executions came to
 * @param failures requests that did not succeed, for every reason; with {@code statistics.success()} all requests that
 *     have come to the version and are decided
 * @param latencies of requests that succeeded; the first response only of a decoupled model
 * @param waiting requests that wait for an instance now
 * @param inFlight requests that are not over, those that wait included
 * @param loadTime how long loading took
 * @param batching what was learned of batches; empty for a model without a latency goal
 */
public record ModelMetrics(
        ModelConfig config,
        ModelStatistics statistics,
        Map<FailureReason, Long> failures,
        List<LatencyCounts> latencies,
        int waiting,
        long inFlight,
        Duration loadTime,
        Optional<LearnedBatching> batching) {
    public ModelMetrics {
        failures = Map.copyOf(failures);
        latencies = List.copyOf(latencies);
    }
}
