package io.longshore.spi;

import io.longshore.inference.InferenceService;
import io.longshore.model.Device;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.tensor.CountingAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A model on its way through a backend: completed, loaded on the CPU, with some instances; closed in the order that the
 * engine keeps.
 */
public final class BackendRun implements AutoCloseable {
    private final ModelConfig config;
    private final BackendModel model;
    private final List<BackendInstance> instances;

    private BackendRun(ModelConfig config, BackendModel model, List<BackendInstance> instances) {
        this.config = config;
        this.model = model;
        this.instances = instances;
    }

    /** Completes a configuration that says nothing but the model's name and backend. */
    public static ModelConfig complete(Backend backend, ModelFiles files, BackendContext context)
            throws BackendException, InvalidModelConfigException {
        ModelConfig.Builder config = ModelConfig.builder("model").backend(backend.name());
        backend.complete(config, files, context);
        return config.build();
    }

    /** Loads a model whose configuration comes from its files alone. */
    public static BackendRun load(Backend backend, ModelFiles files, int instanceCount, BackendContext context)
            throws BackendException, InvalidModelConfigException {
        return load(backend, complete(backend, files, context), files, instanceCount, context);
    }

    /** Loads a model with a configuration. */
    public static BackendRun load(
            Backend backend, ModelConfig config, ModelFiles files, int instanceCount, BackendContext context)
            throws BackendException {
        BackendModel model = backend.load(config, files, Device.CPU, instanceCount, context);
        List<BackendInstance> instances = new ArrayList<>();
        for (int i = 0; i < instanceCount; i++) {
            instances.add(model.newInstance());
        }
        return new BackendRun(config, model, instances);
    }

    /** What the engine lends to a backend, with four threads and without other models. */
    public static BackendContext context(CountingAllocator allocator, ExecutorService threads) {
        InferenceService none = (request, sink) -> {
            throw new AssertionError("a backend calls other models through the item's context, not " + request);
        };
        return new BackendContext(Map.of(), allocator, threads, none);
    }

    /** Threads for {@link #context}; all are there from the start, so that none inherits anything from a model's code. */
    public static ExecutorService threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(4, 4, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        threads.prestartAllCoreThreads();
        return threads;
    }

    public ModelConfig config() {
        return config;
    }

    public List<BackendInstance> instances() {
        return instances;
    }

    /** Runs the items in one execution of the first instance and waits for the end of each. */
    public void execute(RecordingItem... items) {
        execute(0, items);
    }

    /** Runs the items in one execution and waits for the end of each. */
    public void execute(int instance, RecordingItem... items) {
        List<RecordingItem> all = List.of(items);
        instances.get(instance).execute(() -> all);
        all.forEach(RecordingItem::awaitEnd);
    }

    /** Closes the instances, then the model. */
    @Override
    public void close() {
        instances.forEach(BackendInstance::close);
        model.close();
    }
}
