package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The instances of a model by number, each of which may be replaced or lost. {@link #get} and {@link #set} belong under the
 * lock of the scheduler, whose they are; making and closing instances, which may take long, do not.
 */
final class NumberedInstances {
    private static final Logger LOG = System.getLogger(NumberedInstances.class.getName());

    private final String modelName;
    private final BackendModel model;
    /** Empty = lost for good. */
    private final List<Optional<BackendInstance>> instances;
    /** Where the executions of each are watched. */
    private final List<StuckWatch.Place> watched;

    private volatile String lostBecause = "";

    NumberedInstances(String modelName, BackendModel model, List<BackendInstance> instances, StuckWatch watch) {
        this.modelName = modelName;
        this.model = model;
        this.instances = new ArrayList<>(instances.stream().map(Optional::of).toList());
        this.watched = instances.stream().map(each -> watch.newPlace()).toList();
    }

    int count() {
        return instances.size();
    }

    /** An instance that is not lost. */
    BackendInstance get(int number) {
        return instances.get(number).orElseThrow();
    }

    /** Where an instance's executions are watched, also once it is lost. */
    StuckWatch.Place watched(int number) {
        return watched.get(number);
    }

    /** How many there are that are not lost. */
    int alive() {
        return (int) instances.stream().filter(Optional::isPresent).count();
    }

    void set(int number, Optional<BackendInstance> instance) {
        instances.set(number, instance);
    }

    /** Closes an instance that broke and makes another; empty where there can be none. */
    Optional<BackendInstance> replacementOf(BackendInstance broken) {
        closeQuietly(broken);
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

    /** Closes all that there are. */
    void close() {
        instances.forEach(instance -> instance.ifPresent(this::closeQuietly));
    }

    private void closeQuietly(BackendInstance instance) {
        try {
            instance.close();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "an instance of model '" + modelName + "' could not be closed", e);
        }
    }
}
