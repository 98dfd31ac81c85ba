package io.longshore.backend.java;

/** Where a decoupled model writes its responses. Calls must not overlap. */
@FunctionalInterface
public interface ResponseWriter {
    /**
     * Sends a response that is not known to be the last.
     *
     * @param outputs taken over, also when this method throws
     * @throws io.longshore.inference.InferenceException CANCELLED or DEADLINE_EXCEEDED if nobody waits for it any more;
     *     MODEL_FAILED if the tensors are not those that the configuration declares
     * @throws IllegalStateException if the request has had its end, or another call is under way
     */
    void write(Outputs outputs);
}
