package io.longshore.model;

import java.time.Duration;

/**
 * How requests wait for an instance of a model.
 *
 * @param maxQueueSize requests that may wait; one more is rejected at once; at least 1
 * @param defaultTimeout how long a request waits at most; zero = without limit
 * @param timeoutAction what becomes of one that has waited that long
 */
public record QueuePolicy(int maxQueueSize, Duration defaultTimeout, TimeoutAction timeoutAction) {
    /** What applies when neither a configuration nor a setting says otherwise. */
    public static final QueuePolicy DEFAULT = new QueuePolicy(8192, Duration.ZERO);

    /** What becomes of a request that has waited too long. */
    public enum TimeoutAction {
        /** It fails at once. */
        REJECT,
        /** It goes behind all requests of its own priority and higher ones that have not waited too long. */
        DELAY
    }

    public QueuePolicy {
        if (maxQueueSize < 1) {
            throw new IllegalArgumentException("max_queue_size is at least 1, got " + maxQueueSize);
        }
        if (defaultTimeout.isNegative()) {
            throw new IllegalArgumentException("a queue timeout is not negative, got " + defaultTimeout);
        }
    }

    /** A policy that rejects what has waited too long. */
    public QueuePolicy(int maxQueueSize, Duration defaultTimeout) {
        this(maxQueueSize, defaultTimeout, TimeoutAction.REJECT);
    }

    /** Whether a request may ever be delayed. */
    boolean delays() {
        return timeoutAction == TimeoutAction.DELAY && !defaultTimeout.isZero();
    }
}
