package io.longshore.backend.java;

import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A request's context as the model's code sees it. What the code chains to another model's answer runs on the code's own
 * threads, so that it holds up neither that model nor its instance; and a fault of the nested request is this model's, not the
 * client's.
 */
final class NestedCalls implements InferenceContext {
    private final InferenceContext context;
    private final ModelRuntime runtime;

    NestedCalls(InferenceContext context, ModelRuntime runtime) {
        this.context = context;
        this.runtime = runtime;
    }

    @Override
    public Deadline deadline() {
        return context.deadline();
    }

    @Override
    public boolean isCancelled() {
        return context.isCancelled();
    }

    @Override
    public void onCancel(Runnable action) {
        context.onCancel(action);
    }

    @Override
    public void record(String activity) {
        context.record(activity);
    }

    @Override
    public MemoryAllocator allocator() {
        return context.allocator();
    }

    @Override
    public CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs) {
        CompletionStage<InferenceResponse> answer;
        try {
            answer = context.infer(model, inputs, outputs);
        } catch (InferenceException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        Answer seen = new Answer(answer.toCompletableFuture());
        answer.whenComplete((response, failure) -> onOwnThread(() -> pass(seen, model, response, failure)));
        return seen;
    }

    private void onOwnThread(Runnable passing) {
        try {
            LoadedCode.outside(() -> runtime.runner().execute(passing));
        } catch (RejectedExecutionException e) {
            // The server stops; the code must still learn how its call ended.
            passing.run();
        }
    }

    private void pass(
            CompletableFuture<InferenceResponse> seen,
            ModelSelector model,
            @Nullable InferenceResponse response,
            @Nullable Throwable failure) {
        runtime.code().run(() -> {
            if (response == null) {
                Throwable cause = failure == null ? new IllegalStateException("no response") : failure;
                seen.completeExceptionally(
                        context.isCancelled()
                                ? Failures.cancelled(runtime.modelName(), context)
                                : Failures.nested(runtime.modelName(), model.name(), cause));
            } else if (!seen.complete(response)) {
                response.release();
            }
        });
    }

    /** The answer as the code gets it; cancelling it withdraws the nested request. */
    private static final class Answer extends CompletableFuture<InferenceResponse> {
        private final CompletableFuture<InferenceResponse> asked;

        Answer(CompletableFuture<InferenceResponse> asked) {
            this.asked = asked;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            asked.cancel(mayInterruptIfRunning);
            return cancelled;
        }
    }
}
