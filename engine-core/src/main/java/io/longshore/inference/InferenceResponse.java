package io.longshore.inference;

import io.longshore.model.ModelId;
import io.longshore.tensor.Tensor;
import java.util.List;

/**
 * One response to a request. A request to a decoupled model may get several, and an empty last one that only says that
 * there are no more.
 *
 * @param id the request's id, or empty
 * @param model the version that answered
 * @param outputs the tensors, in the order in which the request asked for them, or the model declares them; whoever holds
 *     the response owns one reference to each
 * @param parameters custom parameters of the model
 */
public record InferenceResponse(String id, ModelId model, List<Tensor> outputs, Parameters parameters) {
    public InferenceResponse {
        outputs = List.copyOf(outputs);
    }

    /** Ends the references to all outputs. */
    public void release() {
        for (Tensor output : outputs) {
            output.release();
        }
    }
}
