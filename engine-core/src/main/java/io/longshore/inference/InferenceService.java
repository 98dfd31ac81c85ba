package io.longshore.inference;

import java.util.concurrent.CompletionStage;

/** The port through which wires, jobs and code inside models ask for inference. Thread-safe. */
public interface InferenceService {
    /**
     * Starts a request. It never throws and never waits: every outcome, also that of a request which cannot be accepted,
     * goes to the sink. The model itself may run inside this call where the request's options permit it.
     *
     * @param request taken over: its inputs are released by the engine once they are not needed
     * @param sink told exactly one end
     * @return withdraws the request
     */
    InferenceCall infer(InferenceRequest request, ResponseSink sink);

    /**
     * Starts a request that wants exactly one response.
     *
     * @return the response, which the caller releases, or an {@link InferenceException}: that of the request, or
     *     UNSUPPORTED where the model gave none or several. Cancelling the returned future cancels the request
     */
    default CompletionStage<InferenceResponse> inferOnce(InferenceRequest request) {
        SingleResponse single = new SingleResponse();
        single.startedBy(infer(request, single));
        return single;
    }
}
