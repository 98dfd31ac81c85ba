package io.longshore.backend.java;

import io.longshore.inference.InferenceContext;
import java.util.concurrent.CompletionStage;

/** A model that answers each request once. See {@link ModelCode} for its life and its threads. */
@FunctionalInterface
public interface JavaModel extends ModelCode {
    /**
     * Answers one request.
     *
     * <p>The call comes on a thread of the server's own, which may wait, unless the model is declared
     * {@link ModelDeclaration#nonBlocking()}. Code that has its answer at hand returns a completed stage; code that asks
     * other models returns what it makes of their stages with {@code thenApply} and {@code thenCompose} and never waits
     * for them by {@code join()}, which would hold a thread that the other model may need.
     *
     * <p>When the request is cancelled or its deadline passes, the caller is told at once, nested calls are cancelled, and a
     * thread that still is inside this method is interrupted. Long loops ask {@link InferenceContext#isCancelled()}. The
     * object gets its next request when this method has returned, and the inputs of the cancelled one are gone then, even
     * if its stage is not complete.
     *
     * @param inputs the request's tensors, valid until the returned stage completes or the request is cancelled; the
     *     server releases them
     * @param context deadline, cancellation, memory for outputs, and the way to other models
     * @return the outputs, taken over by the server; extra ones are dropped. A failed stage fails this request and no
     *     other: an {@code InferenceException} goes to the caller as it is (INVALID_ARGUMENT blames the caller), anything
     *     else as MODEL_FAILED with its message
     * @throws Exception as a failed stage
     */
    CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) throws Exception;
}
