package io.longshore.schedule;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceResponse;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** The context of requests that run as one: as long as anybody waits for an answer, the run goes on. Thread-safe. */
final class MergedContext implements InferenceContext {
    private final List<RequestItem> items;

    MergedContext(List<RequestItem> items) {
        this.items = items;
    }

    /** None: each request has its own, at which it is answered wherever it is. */
    @Override
    public Deadline deadline() {
        return Deadline.NONE;
    }

    @Override
    public boolean isCancelled() {
        return items.stream().allMatch(item -> item.request().isWithdrawn());
    }

    @Override
    public void onCancel(Runnable action) {
        AtomicInteger waiting = new AtomicInteger(items.size());
        Runnable oneLess = () -> {
            if (waiting.decrementAndGet() == 0) {
                action.run();
            }
        };
        items.forEach(item -> item.request().onCancel(oneLess));
    }

    @Override
    public void record(String activity) {
        items.forEach(item -> item.context().record(activity));
    }

    @Override
    public MemoryAllocator allocator() {
        return items.get(0).context().allocator();
    }

    /** Fails: a call of another model belongs to one request. */
    @Override
    public CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs) {
        inputs.forEach(Tensor::release);
        return CompletableFuture.failedFuture(new InferenceException(
                ErrorCode.UNSUPPORTED,
                "a batch calls no other model; a backend whose code does so takes its requests item by item"));
    }
}
