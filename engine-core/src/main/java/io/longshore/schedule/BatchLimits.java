package io.longshore.schedule;

import io.longshore.inference.Deadline;
import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/**
 * What bounds the batches of a model, and how requests wait for them.
 *
 * @param maxRows rows of a batch at most; at least 1
 * @param preferredRows numbers of rows that a batch has best, ascending
 * @param delay how long a batch waits for others while an instance is idle
 * @param policies how requests wait, by level
 */
record BatchLimits(int maxRows, List<Integer> preferredRows, BatchDelay delay, IntFunction<QueuePolicy> policies) {
    /** Each request by itself, first come first served. */
    static BatchLimits alone(QueuePolicy policy) {
        return new BatchLimits(1, List.of(), BatchDelay.NONE, level -> policy);
    }

    /** The limits that a configuration states. */
    static BatchLimits of(ModelConfig config) {
        QueuePolicy policy = config.queuePolicy();
        return config.dynamicBatching()
                .map(batching -> of(batching, Math.max(1, config.maxBatchSize()), policy))
                .orElseGet(() -> alone(policy));
    }

    private static BatchLimits of(DynamicBatching batching, int maxRows, QueuePolicy ofModel) {
        return new BatchLimits(
                maxRows,
                batching.preferredSizes(),
                BatchDelay.fixed(batching.maxQueueDelay().toNanos()),
                level -> batching.policy(level, ofModel));
    }

    /** Whether nothing is gained by waiting for a batch of more rows than these. */
    boolean isEnough(int rows) {
        return rows >= mostPreferred() || isPreferred(rows) || !delay.mayWait(rows);
    }

    boolean isPreferred(int rows) {
        return preferredRows.contains(rows);
    }

    /** The fewest rows that may be sent without waiting for more. */
    int leastPreferred() {
        return preferredRows.isEmpty() ? maxRows : preferredRows.get(0);
    }

    /** With these many rows, waiting for more is over. */
    int mostPreferred() {
        return preferredRows.isEmpty() ? maxRows : preferredRows.get(preferredRows.size() - 1);
    }

    /** When this has waited for as long as its level's policy has it wait; empty = it may wait for ever. */
    OptionalLong timeout(Waiting<?> waiting) {
        long timeout = policies.apply(waiting.level()).defaultTimeout().toNanos();
        return timeout > 0 && !waiting.isDelayed()
                ? OptionalLong.of(waiting.arrived() + timeout)
                : OptionalLong.empty();
    }

    /** When this is rejected because it still waits. */
    Deadline rejection(Waiting<?> waiting) {
        OptionalLong timeout = timeout(waiting);
        return timeout.isEmpty() || policies.apply(waiting.level()).timeoutAction() == TimeoutAction.DELAY
                ? Deadline.NONE
                : Deadline.at(timeout.getAsLong());
    }

    /** These limits for requests that do not wait for others. */
    BatchLimits withoutDelay() {
        return new BatchLimits(maxRows, preferredRows, BatchDelay.NONE, policies);
    }

    /** These limits for batches of so many rows, with no preference for others. */
    BatchLimits withRows(int rows, BatchDelay withDelay) {
        return new BatchLimits(rows, List.of(), withDelay, policies);
    }
}
