package io.longshore.model;

import java.time.Duration;

/**
 * How requests wait for an instance of a model.
 *
 * @param maxQueueSize requests that may wait; one more is rejected at once; at least 1
 * @param defaultTimeout how long a request waits that brings no timeout of its own; zero = without limit
 */
public record QueuePolicy(int maxQueueSize, Duration defaultTimeout) {
    /** What applies when neither a configuration nor a setting says otherwise. */
    public static final QueuePolicy DEFAULT = new QueuePolicy(8192, Duration.ZERO);

    public QueuePolicy {
        if (maxQueueSize < 1) {
            throw new IllegalArgumentException("max_queue_size is at least 1, got " + maxQueueSize);
        }
        if (defaultTimeout.isNegative()) {
            throw new IllegalArgumentException("a queue timeout is not negative, got " + defaultTimeout);
        }
    }
}
