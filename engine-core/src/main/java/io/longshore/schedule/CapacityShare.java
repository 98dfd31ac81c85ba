package io.longshore.schedule;

import io.longshore.inference.RequestClass;
import java.util.List;

/**
 * What the executions of one model take of the {@link SpareCapacity}. Not thread-safe: its scheduler guards it, but for what is
 * said otherwise.
 */
final class CapacityShare {
    private final SpareCapacity capacity;
    private final Runnable onGrant;
    /** Whether the last that was to run found no room. */
    private boolean refused;
    /** Guarded by the capacity. */
    private boolean granted;

    /** @param onGrant called without a lock when background work that found no room may run */
    CapacityShare(SpareCapacity capacity, Runnable onGrant) {
        this.capacity = capacity;
        this.onGrant = onGrant;
    }

    /**
     * Takes out what runs next on an idle instance, and begins it; empty if nothing may run yet.
     *
     * @return none of it was withdrawn before
     */
    List<PendingRequest> poll(BatchQueue<PendingRequest> queue, PoolInstance instance, long now) {
        boolean room = queue.hasBackground() && capacity.tryBegin(this);
        refused = queue.hasBackground() && !room;
        List<PendingRequest> batch = queue.poll(now, room);
        while (!batch.isEmpty() && !hasBegun(batch)) {
            batch = queue.poll(now, room);
        }
        if (room) {
            instance.runs(RequestClass.BACKGROUND);
            if (batch.isEmpty()) {
                end(instance);
            }
        } else if (!batch.isEmpty()) {
            begin(instance, batch);
        }
        return batch;
    }

    private static boolean hasBegun(List<PendingRequest> batch) {
        batch.removeIf(request -> !request.begin());
        return !batch.isEmpty();
    }

    /** Notes that an instance begins with requests that need no room. */
    void begin(PoolInstance instance, List<PendingRequest> batch) {
        instance.runs(classOf(batch));
        capacity.begin(instance.runs());
    }

    /** Code inside models may share an execution with requests from outside, and does not hide them. */
    private static RequestClass classOf(List<PendingRequest> batch) {
        for (PendingRequest request : batch) {
            RequestClass kind = request.request().options().requestClass();
            if (kind != RequestClass.NESTED) {
                return kind;
            }
        }
        return RequestClass.NESTED;
    }

    /** Notes that an instance is done. To be settled. */
    void end(PoolInstance instance) {
        capacity.end(instance.runs());
    }

    /** Whether background work that waits does so for others of its own, and not for room. */
    boolean hasRoom() {
        return !refused;
    }

    /** Leaves to other models what was granted to this one and was not used. To be settled. */
    void relax() {
        capacity.relax(this);
    }

    /** Asks for nothing any more. To be settled. */
    void forget() {
        capacity.forget(this);
    }

    /** Tells the models for which there is room now. Not under a lock. */
    void settle() {
        capacity.settle();
    }

    /** Calls the scheduler. Not under a lock. */
    void tell() {
        onGrant.run();
    }

    /** For the capacity alone. */
    boolean isGranted() {
        return granted;
    }

    /** For the capacity alone. */
    void granted(boolean now) {
        granted = now;
    }
}
