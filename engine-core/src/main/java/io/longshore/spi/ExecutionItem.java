package io.longshore.spi;

import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.tensor.Tensor;
import java.util.List;

/**
 * One request inside an execution. It takes any number of responses where the model is decoupled, else one, and exactly
 * one end: a final response, or a failure. Thread-safe, but responses must not overlap.
 */
public interface ExecutionItem {
    /** The request's id, or empty. */
    String requestId();

    /**
     * The inputs as the model declares them (reshaped where the configuration says so). They stay valid until the item's
     * end and are released by the engine.
     */
    List<Tensor> inputs();

    /** The request's custom parameters. */
    Parameters parameters();

    /** Names of the outputs to produce, in the order in which the response must have them; never empty. */
    List<String> outputs();

    /** The request's deadline, cancellation and way to other models. */
    InferenceContext context();

    /**
     * Marks that the inputs are where the model reads them, so that its computation begins: what came before is counted as
     * compute_input. A backend that can tell says it before it answers; the last call counts, without one no time is counted,
     * and after the item's end it does nothing. Costs a look at the clock.
     */
    default void inputsReady() {}

    /**
     * Marks that the model has computed, so that its outputs are taken from here on, which is counted as compute_output. As
     * {@link #inputsReady}.
     */
    default void outputsBegun() {}

    /**
     * Answers. Outputs that do not fit the model's configuration end the item with MODEL_FAILED.
     *
     * @param outputs taken over, also where this method throws; for a decoupled model's final response they may be empty
     * @param isFinal whether it is the item's end
     * @throws IllegalStateException after the end
     */
    void respond(List<Tensor> outputs, Parameters parameters, boolean isFinal);

    /**
     * Ends the item with a failure.
     *
     * @throws IllegalStateException after the end
     */
    void fail(InferenceException failure);
}
