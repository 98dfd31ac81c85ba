package io.longshore.schedule;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.RequestClass;
import io.longshore.model.ModelConfig;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests into the queue of a model, each with its rows, its shape and its priority, unless it would wait for longer than
 * it may; and learns from executions how long that is. Not thread-safe: its scheduler guards it.
 */
final class BatchIntake {
    private final ModelConfig config;
    private final boolean sharesExecutions;
    private final BatchKey.Maker keys;
    private final BatchQueue<PendingRequest> queue;
    private final WaitEstimate estimate = new WaitEstimate();
    /** Null where sizes and delays are as stated. */
    private final @Nullable AdaptiveBatching adaptive;
    /** Both null where nothing is padded. */
    private final @Nullable PaddedTensors padding;

    private final @Nullable LengthBatches lengths;

    /**
     * @param config says how requests wait and are put together
     * @param padding which inputs may differ in length; null = none
     */
    BatchIntake(ModelConfig config, @Nullable PaddedTensors padding) {
        this.config = config;
        this.padding = padding;
        this.sharesExecutions = config.dynamicBatching().isPresent() && config.isBatched();
        this.keys = new BatchKey.Maker(config, padding);
        BatchLimits limits = BatchLimits.of(config);
        long goal = config.dynamicBatching()
                .map(batching -> batching.latencyGoal().toNanos())
                .orElse(0L);
        this.lengths = padding == null ? null : new LengthBatches(padding.buckets(), goal);
        this.adaptive = goal == 0 || padding != null ? null : new AdaptiveBatching(limits, goal);
        this.queue = new BatchQueue<>(adaptive == null ? limits : adaptive.limits(), lengths);
    }

    /** The queue, for whoever takes requests out of it. */
    BatchQueue<PendingRequest> queue() {
        return queue;
    }

    /** Notes that a request came, whether it will wait or not. */
    void arrived(PendingRequest request) {
        if (adaptive != null && !isBackground(request)) {
            adaptive.arrived(request.arrived());
        }
    }

    /** Whether a request that finds an idle instance runs at once, by itself. */
    boolean runsAtOnce(PendingRequest request) {
        return queue.isEmpty() && !isBackground(request) && queue.runsAtOnce(rows(request));
    }

    /** A request as the queue takes it. */
    Waiting<PendingRequest> waiting(PendingRequest request) {
        long length = padding == null ? 0 : padding.length(request.inputs());
        BatchKey key = sharesExecutions ? keys.of(request.inputs(), length > 0) : BatchKey.ANY;
        BatchKey own = isBackground(request) ? key.ofBackground() : key;
        return new Waiting<>(request, own, rows(request), length, level(request), request.arrived());
    }

    /**
     * Puts a request into the queue.
     *
     * @param instances that work the queue off at once
     * @throws InferenceException UNAVAILABLE if its level is full, or if it would wait for longer than it may: better at once
     *     than when its time is over, since somebody else may still answer in time, and a run for nothing costs the others
     */
    void enqueue(Waiting<PendingRequest> waiting, int instances) {
        Deadline rejection = queue.rejection(waiting);
        Deadline deadline = waiting.item().deadline();
        long ahead = rejection.isBounded() || deadline.isBounded() ? queue.rowsAhead(waiting.level()) : 0;
        // With nobody ahead it is tried, whatever is expected: so an estimate that is wrong mends itself.
        if (ahead > 0) {
            long wait = estimate.nanos(ahead, instances);
            refuseIfLate(waiting, rejection, wait);
            refuseIfLate(waiting, deadline, wait + estimate.runNanos());
        }
        if (!queue.offer(waiting)) {
            throw new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size");
        }
    }

    private static void refuseIfLate(Waiting<PendingRequest> waiting, Deadline deadline, long wait) {
        if (deadline.isBounded() && deadline.isExpired(waiting.arrived() + wait)) {
            throw new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "Request would wait for about " + TimeUnit.NANOSECONDS.toMillis(wait)
                            + " ms, which is longer than its timeout");
        }
    }

    /** Notes that an execution of these requests took so many nanoseconds and is over now. */
    void ran(List<PendingRequest> requests, long nanos, long now) {
        long rows = 0;
        for (PendingRequest request : requests) {
            rows += rows(request);
        }
        estimate.ran(rows, nanos);
        if (adaptive != null) {
            boolean alone = requests.size() == 1 && queue.isEmpty();
            queue.adapt(adaptive.ran(rows, nanos, queue.rows(), alone, now), now);
        }
        if (padding != null && lengths != null) {
            learn(requests, rows, nanos);
        }
    }

    private void learn(Iterable<PendingRequest> requests, long rows, long nanos) {
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        for (PendingRequest request : requests) {
            long length = Objects.requireNonNull(padding).length(request.inputs());
            shortest = Math.min(shortest, length);
            longest = Math.max(longest, length);
        }
        if (shortest > 0) {
            Objects.requireNonNull(lengths).ran(Math.max(1, rows), shortest, longest, nanos);
        }
    }

    /** What was learned of batches; empty where nothing is learned. */
    Optional<LearnedBatching> learned() {
        if (lengths != null) {
            return Optional.of(lengths.learned(config.maxBatchSize()));
        }
        return adaptive == null ? Optional.empty() : Optional.of(adaptive.learned());
    }

    /** The rows of a batch that a request fills; one where batches are of one request anyhow. */
    private int rows(PendingRequest request) {
        return sharesExecutions ? (int) request.rows() : 1;
    }

    private static boolean isBackground(PendingRequest request) {
        return request.request().options().requestClass() == RequestClass.BACKGROUND;
    }

    private int level(PendingRequest request) {
        if (isBackground(request)) {
            return BatchQueue.BACKGROUND;
        }
        return config.dynamicBatching()
                .map(batching -> batching.level(request.request().options().priority()))
                .orElse(0);
    }
}
