package io.longshore.backend.java;

import io.longshore.tensor.TensorSpec;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What every call of a model's code needs to know.
 *
 * @param modelName the model's name
 * @param outputs the outputs that the configuration declares, by name
 * @param code the class and its loader
 * @param runner runs the code: threads of the server's, or the caller for code that does not block
 * @param isBlocking whether the code may wait, on threads that may be interrupted
 */
record ModelRuntime(
        String modelName, Map<String, TensorSpec> outputs, LoadedCode code, Executor runner, boolean isBlocking) {}
