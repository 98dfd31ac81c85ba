package io.longshore.web.grpc;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.Readiness;
import io.longshore.inference.ReadinessFeed;
import io.longshore.model.ModelSelector;
import io.longshore.web.infer.NoStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server whose readiness, and that of its models, is as the test says. */
final class ChangingModels extends NoStatus implements ReadinessFeed {
    private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean serverReady;

    void setServerReady(boolean value) {
        serverReady = value;
        listeners.forEach(Runnable::run);
    }

    void put(String model, boolean isReady) {
        ready.put(model, isReady);
        listeners.forEach(Runnable::run);
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public Listening listen(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public Readiness readiness() {
        return serverReady ? Readiness.READY : Readiness.notReady("the test says so");
    }

    @Override
    public Readiness readiness(ModelSelector model) {
        return ready.getOrDefault(model.name(), false) ? Readiness.READY : Readiness.notReady("the test says so");
    }

    @Override
    public ModelDescription describe(ModelSelector model) {
        throw new InferenceException(
                ready.containsKey(model.name()) ? ErrorCode.MODEL_NOT_READY : ErrorCode.MODEL_NOT_FOUND, model.name());
    }
}
