package io.longshore.inference;

import java.io.OutputStream;

/**
 * Files that a client sends to be loaded in place of a model's folder. Whoever begins an upload owns it until it is handed
 * to {@link ModelControl#load(String, LoadOverride)}, or closes it. Not thread-safe.
 */
public interface ModelUpload extends AutoCloseable {
    /**
     * Adds a file. A name that cannot be one is not refused here but by the load, together with all others; what is written
     * meanwhile goes nowhere.
     *
     * @param name relative to the model's folder, such as {@code 1/model.onnx}
     * @return takes the content; its methods throw {@link InferenceException}: INVALID_ARGUMENT if the upload is larger than
     *     allowed, UNAVAILABLE if there is no room for it now
     * @throws InferenceException INVALID_ARGUMENT if these are too many files
     */
    OutputStream file(String name);

    /** Throws the files away, unless a load took the upload over. */
    @Override
    void close();
}
