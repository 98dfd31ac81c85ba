package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.OutputRegions;
import io.longshore.protocol.rest.HeaderForwarding;
import java.util.Map;

/**
 * A {@code ModelInferRequest}, understood.
 *
 * @param request what to infer; whoever holds it owns one reference to each input
 * @param regions the outputs that go to shared memory; owned as the inputs are
 * @param emptyFinalResponse whether the caller wants the last response of a stream even where it is empty
 *     ({@code triton_enable_empty_final_response})
 */
public record DecodedMessage(InferenceRequest request, OutputRegions regions, boolean emptyFinalResponse) {
    /** The same request with forwarded headers, if there are any; the references move over. */
    public DecodedMessage withHeaders(Map<String, String> headers) {
        return headers.isEmpty()
                ? this
                : new DecodedMessage(HeaderForwarding.add(headers, request), regions, emptyFinalResponse);
    }

    /** Gives up a request that is not handed on. */
    public void release() {
        request.release();
        regions.release();
    }
}
