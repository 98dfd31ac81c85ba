package io.longshore.inference;

import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What the code inside a model knows of the request it works on, and its way to other models. Deadline, cancellation,
 * priority and class travel along with every nested call. Thread-safe.
 */
public interface InferenceContext {
    /** When the request is no longer worth an answer. */
    Deadline deadline();

    /** Whether the caller has withdrawn the request, or its deadline has passed. */
    boolean isCancelled();

    /** Runs {@code action} once when the request is withdrawn or expires; at once if that has happened. */
    void onCancel(Runnable action);

    /**
     * Records the present moment in the request's trace, where it has one.
     *
     * @param activity its name, to be told from Triton's own such as {@code COMPUTE_START}
     */
    void record(String activity);

    /** Memory for tensors that travel on; counted until they are released. */
    MemoryAllocator allocator();

    /**
     * Calls another model and wants exactly one response.
     *
     * @param inputs taken over and released by the engine
     * @param outputs names of the outputs wanted; empty = all
     * @return the response, which the caller releases, or an {@link InferenceException}; INVALID_ARGUMENT where the call
     *     would close a cycle
     */
    CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs);
}
