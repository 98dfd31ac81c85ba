package io.longshore.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests that have begun, and the instance they run on. Immutable.
 *
 * @param requests at least one
 * @param after what the instance does then, before it is given back; null = nothing
 */
record BatchAssignment(
        List<PendingRequest> requests,
        PoolInstance instance,
        @Nullable BatchAssignment after) {
    /**
     * What is left to do where these requests of this assignment, at least two, have to be tried in smaller batches.
     *
     * @param left those that are still to be served
     */
    BatchAssignment inHalves(List<PendingRequest> left) {
        int middle = left.size() / 2;
        BatchAssignment second = new BatchAssignment(left.subList(middle, left.size()), instance, after);
        return new BatchAssignment(left.subList(0, middle), instance, second);
    }

    /** The requests of this and of everything after it; none of null. */
    static List<PendingRequest> all(@Nullable BatchAssignment first) {
        List<PendingRequest> all = new ArrayList<>();
        for (BatchAssignment next = first; next != null; next = next.after()) {
            all.addAll(next.requests());
        }
        return all;
    }
}
