package io.longshore.spi;

import io.longshore.model.Device;
import io.longshore.model.ModelConfig;

/**
 * A machine-learning framework. Implementations have a public constructor without arguments and are found by
 * {@link java.util.ServiceLoader}. Thread-safe: several models are completed and loaded at once.
 */
public interface Backend {
    /** The name that a configuration's {@code backend} field gives, for example {@code onnxruntime}. */
    String name();

    /**
     * Whether this framework runs such a model, for a configuration that names no backend.
     *
     * @param config what the configuration says so far, its {@code platform} included
     */
    boolean recognises(ModelConfig.Builder config, ModelFiles files);

    /**
     * Fills what the configuration leaves open from the model file. Called before every load unless the server was told
     * not to; must not change what is stated.
     *
     * @throws BackendException if the file cannot be read, or contradicts the configuration
     */
    void complete(ModelConfig.Builder config, ModelFiles files, BackendContext context) throws BackendException;

    /** The instances to run on {@code device} where the configuration says nothing; at least 1. */
    int defaultInstanceCount(ModelConfig config, Device device);

    /**
     * The instances that may run at once while the model's runs are shorter than handing a request to another thread, where
     * the configuration says nothing of instances. Only for backends whose instances cost nothing.
     *
     * @return at least {@code defaultInstanceCount}, which is what it is unless a backend says otherwise
     */
    default int burstInstanceCount(ModelConfig config, Device device) {
        return defaultInstanceCount(config, device);
    }

    /** The bytes that loading will take on the device, as a guess before the fact. */
    long estimate(ModelConfig config, ModelFiles files, Device device);

    /**
     * Loads the weights onto a device. May take long; is called on a thread that may wait.
     *
     * @param instanceCount instances that will share the weights
     * @throws BackendException if the model cannot be loaded, or contradicts the configuration
     */
    BackendModel load(ModelConfig config, ModelFiles files, Device device, int instanceCount, BackendContext context)
            throws BackendException;
}
