package io.longshore.lifecycle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells a load that nobody wants what it makes: an unload of its model waits behind it, or the manager is being closed. A
 * load asks where it may take long and can end early, which is while it warms up. Thread-safe.
 */
final class LoadStops {
    private final Map<String, Integer> unloads = new HashMap<>();
    private final Map<String, List<Runnable>> actions = new HashMap<>();
    private boolean all;

    /** Notes that an unload of a model has been asked for, which waits until the model's load is done. */
    void unloadWaits(String model) {
        synchronized (this) {
            unloads.merge(model, 1, Integer::sum);
        }
        take(model).forEach(Runnable::run);
    }

    /** Notes that such an unload has its turn: loads behind it are none of its business. */
    synchronized void unloadBegins(String model) {
        unloads.computeIfPresent(model, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Stops all loads for good. */
    void stopAll() {
        List<String> models;
        synchronized (this) {
            all = true;
            models = List.copyOf(actions.keySet());
        }
        models.forEach(model -> take(model).forEach(Runnable::run));
    }

    /** Whether a load of this model is to end. */
    synchronized boolean isStopped(String model) {
        return all || unloads.containsKey(model);
    }

    /**
     * Runs {@code action} once when a load of this model is to end, at once if it is already.
     *
     * @return forgets the action
     */
    Runnable onStop(String model, Runnable action) {
        synchronized (this) {
            if (!isStopped(model)) {
                actions.computeIfAbsent(model, name -> new ArrayList<>(1)).add(action);
                return () -> forget(model, action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void forget(String model, Runnable action) {
        actions.computeIfPresent(
                model, (name, waiting) -> waiting.remove(action) && waiting.isEmpty() ? null : waiting);
    }

    private synchronized List<Runnable> take(String model) {
        List<Runnable> taken = actions.remove(model);
        return taken == null ? List.of() : taken;
    }
}
