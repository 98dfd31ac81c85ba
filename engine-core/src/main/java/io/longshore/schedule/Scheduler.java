package io.longshore.schedule;

import io.longshore.inference.ModelStatistics;
import io.longshore.model.ModelId;

/** Brings requests to the instances of one model version. Thread-safe. */
public interface Scheduler extends AutoCloseable {
    /**
     * Runs the request, queues it, or ends it with a failure, at once and without waiting. The model may run inside this
     * call where the request permits it.
     */
    void submit(PendingRequest request);

    /** Why no request can be served any more, or empty while they can. */
    String brokenBecause();

    /**
     * What the executions so far came to.
     *
     * @param id the version that they are of
     */
    ModelStatistics statistics(ModelId id);

    /** Closes all instances. Called once, when every submitted request is over. */
    @Override
    void close();
}
