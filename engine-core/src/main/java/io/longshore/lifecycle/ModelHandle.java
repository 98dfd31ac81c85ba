package io.longshore.lifecycle;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.schedule.RequestFailures;
import io.longshore.schedule.RequestPreparation;
import io.longshore.schedule.Scheduler;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lease on a version that is ready: it stays loaded until the handle is closed, even when it is unloaded or replaced
 * meanwhile. Thread-safe.
 */
public final class ModelHandle implements AutoCloseable {
    private final ModelVersion version;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile boolean keeps;

    /** @param version one that was entered for this handle */
    ModelHandle(ModelVersion version) {
        this.version = version;
    }

    public ModelId id() {
        return version.id();
    }

    public ModelConfig config() {
        return version.config();
    }

    /** Holds requests against the version's configuration. */
    public RequestPreparation preparation() {
        return version.preparation();
    }

    public Scheduler scheduler() {
        return version.scheduler();
    }

    /** Another lease on the same version, also while it drains. To be asked for while this one is open. */
    public ModelHandle another() {
        if (!version.tryEnterAgain()) {
            throw new IllegalStateException("the lease on " + id() + " has been given back");
        }
        return new ModelHandle(version);
    }

    /** This lease as one that only keeps the version, so that it does not count as a request in flight. To be called once. */
    public ModelHandle keeping() {
        version.countKeepers(1);
        keeps = true;
        return this;
    }

    /** Counts requests to the version that do not succeed. */
    public RequestFailures failures() {
        return version.failures();
    }

    /** Gives the lease back; further calls do nothing. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            if (keeps) {
                version.countKeepers(-1);
            }
            version.leave();
        }
    }
}
