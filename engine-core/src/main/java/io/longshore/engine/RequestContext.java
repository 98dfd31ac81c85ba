package io.longshore.engine;

import io.longshore.inference.CallChain;
import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.InferenceService;
import io.longshore.inference.Parameters;
import io.longshore.inference.RequestClass;
import io.longshore.inference.RequestedOutput;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.schedule.PendingRequest;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The context of one request: what travels with it into nested calls. */
final class RequestContext implements InferenceContext {
    private final PendingRequest request;
    private final InferenceService service;
    private final MemoryAllocator allocator;
    private final Ticker ticker;

    RequestContext(PendingRequest request, InferenceService service, MemoryAllocator allocator, Ticker ticker) {
        this.request = request;
        this.service = service;
        this.allocator = allocator;
        this.ticker = ticker;
    }

    @Override
    public Deadline deadline() {
        return request.deadline();
    }

    @Override
    public boolean isCancelled() {
        return request.isWithdrawn();
    }

    @Override
    public void onCancel(Runnable action) {
        request.onCancel(action);
    }

    @Override
    public void record(String activity) {
        RequestTrace trace = request.request().options().trace();
        if (trace != null) {
            trace.record(activity, ticker.nanos());
        }
    }

    @Override
    public MemoryAllocator allocator() {
        return allocator;
    }

    @Override
    public CompletionStage<InferenceResponse> infer(ModelSelector model, List<Tensor> inputs, List<String> outputs) {
        InferenceRequest outer = request.request();
        CallChain chain = outer.options().callChain().calledFrom(outer.model().name());
        RequestTrace trace = outer.options().trace();
        InferenceRequest nested = new InferenceRequest(
                outer.id(),
                model,
                inputs,
                outputs.stream()
                        .map(name -> new RequestedOutput(name, Parameters.NONE))
                        .toList(),
                Parameters.NONE,
                outer.options()
                        .withCallChain(chain)
                        .withCaller(CallerThread.FREELY)
                        .withRequestClass(RequestClass.NESTED)
                        .withTrace(trace == null ? null : trace.nested(model.name())));
        CompletionStage<InferenceResponse> response = service.inferOnce(nested);
        Runnable forget = request.onCancel(() -> response.toCompletableFuture().cancel(false));
        response.whenComplete((done, failure) -> forget.run());
        return response;
    }
}
