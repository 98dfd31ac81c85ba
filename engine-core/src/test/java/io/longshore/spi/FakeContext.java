package io.longshore.spi;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request's context that a test cancels by hand, with a function in the place of all other models. Thread-safe. */
public final class FakeContext implements InferenceContext {
    private final MemoryAllocator allocator;
    private final Deadline deadline;
    private final OtherModels otherModels;
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean cancelled;

    /**
     * @param allocator memory for tensors that travel on
     * @param deadline the request's deadline
     * @param otherModels answers nested calls
     */
    public FakeContext(MemoryAllocator allocator, Deadline deadline, OtherModels otherModels) {
        this.allocator = allocator;
        this.deadline = deadline;
        this.otherModels = otherModels;
    }

    /** A context without deadline and without other models. */
    public static FakeContext alone(MemoryAllocator allocator) {
        return new FakeContext(allocator, Deadline.NONE, (model, inputs, outputs) -> {
            inputs.forEach(Tensor::release);
            return CompletableFuture.failedFuture(
                    new InferenceException(ErrorCode.MODEL_NOT_FOUND, "there is no model '" + model.name() + "'"));
        });
    }

    /** Withdraws the request. */
    public void cancel() {
        List<Runnable> told;
        synchronized (listeners) {
            cancelled = true;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        told.forEach(Runnable::run);
    }

    @Override
    public Deadline deadline() {
        return deadline;
    }

    @Override
    public boolean isCancelled() {
        synchronized (listeners) {
            return cancelled;
        }
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (listeners) {
            if (!cancelled) {
                listeners.add(action);
                return;
            }
        }
        action.run();
    }

    /** Forgets it. */
    @Override
    public void record(String activity) {}

    @Override
    public MemoryAllocator allocator() {
        return allocator;
    }

    @Override
    public CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs) {
        return otherModels.infer(model, inputs, outputs);
    }

    /** What answers calls of other models. */
    @FunctionalInterface
    public interface OtherModels {
        /** As {@link InferenceContext#infer}: takes the inputs over. */
        CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs);
    }
}
