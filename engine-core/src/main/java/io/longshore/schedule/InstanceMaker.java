package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Closes instances whatever they throw, and makes others in the place of those that broke. Thread-safe. */
final class InstanceMaker {
    private static final Logger LOG = System.getLogger(InstanceMaker.class.getName());

    private final String modelName;
    private final BackendModel model;
    private volatile String lostBecause = "";

    /** @param modelName for messages */
    InstanceMaker(String modelName, BackendModel model) {
        this.modelName = modelName;
        this.model = model;
    }

    /** Closes an instance that broke and makes another; empty where there can be none. May take long. */
    Optional<BackendInstance> replacementOf(BackendInstance broken) {
        close(broken);
        try {
            return Optional.of(model.newInstance());
        } catch (Throwable e) {
            // A native runtime that just failed may throw anything at all.
            LOG.log(Level.ERROR, "a broken instance of model '" + modelName + "' could not be replaced", e);
            lostBecause = "no instance of model '" + modelName + "' is left: " + e.getMessage();
            return Optional.empty();
        }
    }

    /** Why the last that could not be replaced could not; empty where all could. */
    String lostBecause() {
        return lostBecause;
    }

    /** Closes an instance. */
    void close(BackendInstance instance) {
        try {
            instance.close();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "an instance of model '" + modelName + "' could not be closed", e);
        }
    }
}
