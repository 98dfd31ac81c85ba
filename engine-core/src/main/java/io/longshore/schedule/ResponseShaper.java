package io.longshore.schedule;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.tensor.Tensor;
import java.util.List;

/** Makes a response for the caller out of what a backend produced. Thread-safe. */
@FunctionalInterface
public interface ResponseShaper {
    /**
     * A response with the tensors as the model's outputs are declared to callers.
     *
     * @param request says how it wants its outputs
     * @param outputs taken over; they go into the response, or are released if this method throws
     * @throws io.longshore.inference.InferenceException if the outputs cannot be given as the request wants them
     */
    InferenceResponse shape(InferenceRequest request, List<Tensor> outputs, Parameters parameters);
}
