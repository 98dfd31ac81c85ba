package io.longshore.schedule;

import io.longshore.spi.BackendInstance;

/** An instance of a pool, which stays the same when what runs the model is replaced. Whoever leases it has it to himself. */
final class PoolInstance {
    private volatile BackendInstance backend;
    private StuckWatch.Place watched = StuckWatch.blind().newPlace();

    PoolInstance(BackendInstance backend) {
        this.backend = backend;
    }

    /** What runs the model. */
    BackendInstance backend() {
        return backend;
    }

    /** Puts another in the place of one that broke. */
    void replaceBackend(BackendInstance fresh) {
        backend = fresh;
    }

    /** Where its executions are watched. */
    StuckWatch.Place watched() {
        return watched;
    }

    /** Has its executions watched; before it is lent. */
    void watchedAt(StuckWatch.Place place) {
        watched = place;
    }
}
