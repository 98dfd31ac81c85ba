package io.longshore.backend.java;

import io.longshore.inference.InferenceContext;
import java.util.concurrent.CompletionStage;

/**
 * A model that gives none, one or many responses to each request ({@code model_transaction_policy { decoupled: true }}). See
 * {@link ModelCode} for its life and its threads.
 */
@FunctionalInterface
public interface DecoupledJavaModel extends ModelCode {
    /**
     * Answers one request. Threads, cancellation and failures are as in {@link JavaModel#infer}.
     *
     * @param inputs the request's tensors, valid until the returned stage completes; the server releases them
     * @param context deadline, cancellation, memory for outputs, and the way to other models
     * @param responses where responses go, in order
     * @return completes when there are no more responses; a failed stage fails the request, responses before it stay valid
     * @throws Exception as a failed stage
     */
    CompletionStage<Void> infer(Inputs inputs, InferenceContext context, ResponseWriter responses) throws Exception;
}
