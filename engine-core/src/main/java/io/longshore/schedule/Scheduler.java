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

    /**
     * Has a listener called once this scheduler is broken, after {@link #brokenBecause} says so; at once where it is. One that
     * never breaks calls nobody.
     */
    default void onBroken(Runnable listener) {}

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
