package io.longshore.inference;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * What one version of a model has done since it was loaded (V2 statistics extension).
 *
 * @param name the model's name
 * @param version the version
 * @param nanosSinceLast nanoseconds since its last execution ended; empty = there was none
 * @param inferenceCount inferences that succeeded: each row of a request to a batched model is one
 * @param executionCount executions that succeeded
 * @param success requests that succeeded, from their arrival to the end of their execution; the sum of {@code queue} and
 *     {@code execution}
 * @param fail requests whose execution failed, from their arrival to its end
 * @param cancelled requests that were withdrawn, or expired, once they had begun
 * @param queue how long the requests that succeeded waited for an instance
 * @param execution how long their executions took
 * @param batches executions that succeeded by their number of rows, ascending
 */
public record ModelStatistics(
        String name,
        long version,
        OptionalLong nanosSinceLast,
        long inferenceCount,
        long executionCount,
        Total success,
        Total fail,
        Total cancelled,
        Total queue,
        Total execution,
        List<Batch> batches) {
    public ModelStatistics {
        batches = List.copyOf(batches);
    }

    /** When the last execution ended, in milliseconds since 1970 as {@code nowMillis} is; 0 = never. */
    public long lastInferenceMillis(long nowMillis) {
        return nanosSinceLast.isEmpty() ? 0 : nowMillis - TimeUnit.NANOSECONDS.toMillis(nanosSinceLast.getAsLong());
    }

    /**
     * How often something happened, and how long it took altogether.
     *
     * @param count how often
     * @param nanos nanoseconds in all
     */
    public record Total(long count, long nanos) {}

    /**
     * Executions of one number of rows.
     *
     * @param size the rows
     * @param execution the executions
     */
    public record Batch(long size, Total execution) {}
}
