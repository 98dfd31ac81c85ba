package io.longshore.schedule;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for an instance, first come first served, up to a bound. Pure and not thread-safe: it knows no thread
 * and no clock; whoever owns it guards it.
 */
final class RequestQueue {
    private final LinkedHashSet<PendingRequest> waiting = new LinkedHashSet<>();
    private final int bound;

    RequestQueue(int bound) {
        this.bound = bound;
    }

    /** Adds a request behind all others; false if the queue is full. */
    boolean offer(PendingRequest request) {
        return waiting.size() < bound && waiting.add(request);
    }

    /** Takes the request that waited longest, or null. */
    @Nullable
    PendingRequest poll() {
        var each = waiting.iterator();
        if (!each.hasNext()) {
            return null;
        }
        PendingRequest first = each.next();
        each.remove();
        return first;
    }

    /** Takes a request out, wherever it stands; false if it is not there. */
    boolean remove(PendingRequest request) {
        return waiting.remove(request);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }
}
