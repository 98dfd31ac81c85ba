package io.longshore.schedule;

import io.longshore.inference.RequestClass;
import io.longshore.spi.BackendInstance;
import org.jspecify.annotations.Nullable;

/** An instance of a pool, which stays the same when what runs the model is replaced. Whoever leases it has it to himself. */
final class PoolInstance {
    private final @Nullable Claim claim;
    private volatile BackendInstance backend;
    private StuckWatch.Place watched = StuckWatch.blind().newPlace();
    private RequestClass runs = RequestClass.ONLINE;

    /** @param claim what it takes while it runs; null = nothing that is limited */
    PoolInstance(BackendInstance backend, @Nullable Claim claim) {
        this.backend = backend;
        this.claim = claim;
    }

    /** What it takes while it runs; null = nothing that is limited. */
    @Nullable
    Claim claim() {
        return claim;
    }

    /** Names what is told when it may run after it had to wait. */
    void onGrant(Runnable listener) {
        if (claim != null) {
            claim.onGrant(listener);
        }
    }

    /** What runs the model. */
    BackendInstance backend() {
        return backend;
    }

    /** Puts another in the place of one that broke. */
    void replaceBackend(BackendInstance fresh) {
        backend = fresh;
    }

    /** What it runs, or ran last. */
    RequestClass runs() {
        return runs;
    }

    /** Notes what it runs next. */
    void runs(RequestClass kind) {
        runs = kind;
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
