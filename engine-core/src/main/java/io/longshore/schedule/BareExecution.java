package io.longshore.schedule;

import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.Execution;
import io.longshore.tensor.MemoryAllocator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs a request on an instance past every scheduler, for a warm-up: nobody counts it, and what comes out is as it comes. */
public final class BareExecution {
    private BareExecution() {}

    /**
     * Has the instance execute the request, on this thread. The request is over, and its hold ended, once the execution is;
     * that may be later where the backend answers from another thread.
     *
     * @param request one that no scheduler has got
     * @param model the version that the instance belongs to
     * @param config that of the model
     * @param contexts makes the context of the request for code inside the model
     */
    public static void run(
            PendingRequest request,
            BackendInstance instance,
            ModelId model,
            ModelConfig config,
            Function<PendingRequest, InferenceContext> contexts,
            Ticker ticker) {
        if (!request.begin()) {
            return;
        }
        ResponseShaper asItComes =
                (asked, outputs, parameters) -> new InferenceResponse(asked.id(), model, outputs, parameters);
        ExecutionTools tools = new ExecutionTools(asItComes, contexts, ticker, new ExecutionStatistics(config));
        AtomicReference<@Nullable MergedItem> merged = new AtomicReference<>();
        RequestExecution execution = new RequestExecution(
                List.of(request), config.isBatched(), tools, tools.watch().newPlace(), over -> release(merged.get()));
        try {
            instance.execute(view(execution, config, merged));
        } catch (Throwable e) {
            // Whatever user code or a native runtime throws is the request's failure.
            execution.crashed(model.name(), e);
            return;
        }
        execution.returned();
    }

    /** The request as the backend takes it. */
    private static Execution view(
            RequestExecution execution, ModelConfig config, AtomicReference<@Nullable MergedItem> merged) {
        RaggedTensors ragged = RaggedTensors.of(config);
        if (ragged == null) {
            return execution;
        }
        MemoryAllocator allocator = execution.items().get(0).context().allocator();
        MergedItem made = new MergedItem(execution, new BatchAssembler(allocator, null, ragged), false);
        merged.set(made);
        return made;
    }

    private static void release(@Nullable MergedItem merged) {
        if (merged != null) {
            merged.release();
        }
    }
}
