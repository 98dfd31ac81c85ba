package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.ModelStatistics;
import io.longshore.model.ModelId;
import java.util.Optional;

/** Brings requests to the instances of one model version. Thread-safe. */
public interface Scheduler extends AutoCloseable {
    /**
     * Runs the request, queues it, or ends it with a failure, at once and without waiting. The model may run inside this
     * call where the request permits it.
     */
    void submit(PendingRequest request);

    /** Whether a sequence of this id is under way here, so that its further requests belong here and nowhere else. */
    default boolean hasSequence(CorrelationId id) {
        return false;
    }

    /** Ends all sequences, each as soon as none of its requests waits: nobody will send any more. */
    default void endSequences() {}

    /** Why no request can be served any more, or empty while they can. */
    String brokenBecause();

    /** Which instances have been at work on one execution for too long, and how long; empty while none has. */
    default String stuckBecause() {
        return "";
    }

    /**
     * Has a listener called after each change of {@link #brokenBecause} and {@link #stuckBecause}, from any thread; at once
     * where the scheduler is broken or stuck. One at most: the last.
     */
    default void onTrouble(Runnable listener) {}

    /**
     * What the executions so far came to.
     *
     * @param id the version that they are of
     */
    ModelStatistics statistics(ModelId id);

    /** Requests that wait for an instance at this moment. */
    int waiting();

    /** What was learned of batches; empty where nothing is learned. */
    default Optional<LearnedBatching> learned() {
        return Optional.empty();
    }

    /** Closes all instances. Called once, when every submitted request is over. */
    @Override
    void close();
}
