package io.longshore.schedule;

import io.longshore.inference.CallerThread;
import io.longshore.spi.BackendModel;

/** Whether a model may run on the thread that brings a request, by how long its runs have taken. Thread-safe. */
final class CallerPrivilege {
    private final BackendModel model;
    private volatile boolean slow;
    private volatile boolean brief;

    /** @param model tells whether its runs may wait */
    CallerPrivilege(BackendModel model) {
        this.model = model;
    }

    /** Notes what a pool says, under its lock, after a run. Writes only what has changed, since all threads read it. */
    void follow(InstancePool pool) {
        if (slow != pool.isSlow()) {
            slow = pool.isSlow();
        }
        if (brief != pool.isBrief()) {
            brief = pool.isBrief();
        }
    }

    /** Whether the model may run on such a thread now. */
    boolean permits(CallerThread caller) {
        return switch (caller) {
            case FREELY -> !slow;
            case BRIEFLY -> brief && !model.mayWait();
            case NEVER -> false;
        };
    }
}
