package io.longshore.schedule;

import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The instances of a model by number, each of which may be replaced or lost. {@link #get} and {@link #set} belong under the
 * lock of the scheduler, whose they are; making and closing instances, which may take long, do not.
 */
final class NumberedInstances {
    private final InstanceMaker maker;
    /** Empty = lost for good. */
    private final List<Optional<BackendInstance>> instances;
    /** Where the executions of each are watched. */
    private final List<StuckWatch.Place> watched;

    NumberedInstances(String modelName, BackendModel model, List<BackendInstance> instances, StuckWatch watch) {
        this.maker = new InstanceMaker(modelName, model);
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
        return maker.replacementOf(broken);
    }

    /** Why the last that could not be replaced could not; empty where all could. */
    String lostBecause() {
        return maker.lostBecause();
    }

    /** Closes all that there are. */
    void close() {
        instances.forEach(instance -> instance.ifPresent(maker::close));
    }
}
