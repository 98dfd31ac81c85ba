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
 * @param executionCount executions in which requests succeeded; fewer than those where they share one
 * @param success requests that succeeded, from their arrival to the end of their execution, or to their answer from the
 *     cache; the sum of {@code queue}, the parts of {@code compute} and the hits of {@code caching}
 * @param fail requests whose execution failed, from their arrival to its end
 * @param cancelled requests that were withdrawn, or expired, once they had begun
 * @param queue how long the requests that succeeded waited for an instance
 * @param compute how long their executions took: the whole of a shared one for each of its requests
 * @param caching what the response cache came to
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
        Compute compute,
        Caching caching,
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
     * How often a model has computed, and how long each part took altogether.
     *
     * @param count how often
     * @param inputNanos nanoseconds until its inputs were where it reads them; 0 for a backend that does not tell
     * @param inferNanos nanoseconds of its computation
     * @param outputNanos nanoseconds of taking its outputs; 0 for a backend that does not tell
     */
    public record Compute(long count, long inputNanos, long inferNanos, long outputNanos) {
        /** V2's {@code compute_input}. */
        public Total input() {
            return new Total(count, inputNanos);
        }

        /** V2's {@code compute_infer}. */
        public Total infer() {
            return new Total(count, inferNanos);
        }

        /** V2's {@code compute_output}. */
        public Total output() {
            return new Total(count, outputNanos);
        }
    }

    /**
     * Requests that succeeded of a model with a response cache.
     *
     * @param hits those that it answered, with the time of looking up; no inferences and no executions
     * @param misses all others, with the time of looking up and storing
     */
    public record Caching(Total hits, Total misses) {
        /** Without a cache. */
        public static final Caching NONE = new Caching(new Total(0, 0), new Total(0, 0));
    }

    /**
     * Executions of one number of rows.
     *
     * @param size the rows
     * @param compute the executions
     */
    public record Batch(long size, Compute compute) {}
}
