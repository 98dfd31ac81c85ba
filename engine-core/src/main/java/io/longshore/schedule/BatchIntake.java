package io.longshore.schedule;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.RequestClass;
import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests into the queue of a model, each with its rows, its shape and its priority, unless it would wait for longer than
 * it may; and learns from executions how long that is. Not thread-safe: its scheduler guards it.
 */
final class BatchIntake {
    /** Behind every level that a configuration can state; small enough to be doubled. */
    private static final int BACKGROUND_LEVEL = Integer.MAX_VALUE / 4;

    private final ModelConfig config;
    private final boolean sharesExecutions;
    private final BatchKey.Maker keys;
    private final BatchQueue<PendingRequest> queue;
    private final WaitEstimate estimate = new WaitEstimate();
    /** Null where sizes and delays are as stated. */
    private final @Nullable AdaptiveBatching adaptive;

    /** @param config says how requests wait and are put together */
    BatchIntake(ModelConfig config) {
        this.config = config;
        this.sharesExecutions = config.dynamicBatching().isPresent() && config.isBatched();
        this.keys = new BatchKey.Maker(config);
        BatchLimits limits = BatchLimits.of(config);
        this.adaptive = config.dynamicBatching()
                .filter(DynamicBatching::isAdaptive)
                .map(batching ->
                        new AdaptiveBatching(limits, batching.latencyGoal().toNanos()))
                .orElse(null);
        this.queue = new BatchQueue<>(adaptive == null ? limits : adaptive.limits());
    }

    /** The queue, for whoever takes requests out of it. */
    BatchQueue<PendingRequest> queue() {
        return queue;
    }

    /** Notes that a request came, whether it will wait or not. */
    void arrived(PendingRequest request) {
        if (adaptive != null) {
            adaptive.arrived(request.arrived());
        }
    }

    /** Whether a request that finds an idle instance runs at once, by itself. */
    boolean runsAtOnce(PendingRequest request) {
        return queue.isEmpty() && queue.runsAtOnce(rows(request));
    }

    /** A request as the queue takes it. */
    Waiting<PendingRequest> waiting(PendingRequest request) {
        BatchKey key = sharesExecutions ? keys.of(request.inputs()) : BatchKey.ANY;
        return new Waiting<>(request, key, rows(request), level(request), request.arrived());
    }

    /**
     * Puts a request into the queue.
     *
     * @param instances that work the queue off at once
     * @throws InferenceException UNAVAILABLE if its level is full, or if it would wait for longer than it may: better at once
     *     than when its time is over, since somebody else may still answer in time
     */
    void enqueue(Waiting<PendingRequest> waiting, int instances) {
        Deadline deadline = waiting.item().deadline().earliest(queue.rejection(waiting));
        long wait = deadline.isBounded() ? estimate.nanos(queue.rowsAhead(waiting.level()), instances) : 0;
        if (deadline.isExpired(waiting.arrived() + wait)) {
            throw new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "Request would wait for about " + TimeUnit.NANOSECONDS.toMillis(wait)
                            + " ms, which is longer than its timeout");
        }
        if (!queue.offer(waiting)) {
            throw new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size");
        }
    }

    /** Notes that an execution of these requests took so many nanoseconds and is over now. */
    void ran(Iterable<PendingRequest> requests, long nanos, long now) {
        long rows = 0;
        for (PendingRequest request : requests) {
            rows += rows(request);
        }
        estimate.ran(rows, nanos);
        if (adaptive != null) {
            queue.adapt(adaptive.ran(rows, nanos, queue.rows(), now), now);
        }
    }

    /** What was learned of batches; empty where nothing is learned. */
    Optional<LearnedBatching> learned() {
        return adaptive == null ? Optional.empty() : Optional.of(adaptive.learned());
    }

    /** The rows of a batch that a request fills; one where batches are of one request anyhow. */
    private int rows(PendingRequest request) {
        return sharesExecutions ? (int) request.rows() : 1;
    }

    private int level(PendingRequest request) {
        if (request.request().options().requestClass() == RequestClass.BACKGROUND) {
            return BACKGROUND_LEVEL;
        }
        return config.dynamicBatching()
                .map(batching -> batching.level(request.request().options().priority()))
                .orElse(0);
    }
}
