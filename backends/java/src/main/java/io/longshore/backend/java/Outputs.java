package io.longshore.backend.java;

import io.longshore.inference.Parameters;
import io.longshore.tensor.Tensor;
import java.util.List;

/**
 * One response of a model. The server takes the tensors over and releases them.
 *
 * @param tensors in any order; those that the request did not ask for are dropped
 * @param parameters custom parameters of the response
 */
public record Outputs(List<Tensor> tensors, Parameters parameters) {
    public Outputs {
        tensors = List.copyOf(tensors);
    }

    /** A response of these tensors, without parameters. */
    public static Outputs of(Tensor... tensors) {
        return new Outputs(List.of(tensors), Parameters.NONE);
    }

    /** The same tensors with parameters. */
    public Outputs withParameters(Parameters value) {
        return new Outputs(tensors, value);
    }

    void release() {
        tensors.forEach(Tensor::release);
    }
}
