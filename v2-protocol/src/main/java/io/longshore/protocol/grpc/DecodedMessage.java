package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceRequest;
import io.longshore.protocol.rest.HeaderForwarding;
import java.util.Map;

/**
 * A {@code ModelInferRequest}, understood.
 *
 * @param request what to infer; whoever holds it owns one reference to each input
 * @param emptyFinalResponse whether the caller wants the last response of a stream even where it is empty
 *     ({@code triton_enable_empty_final_response})
 */
public record DecodedMessage(InferenceRequest request, boolean emptyFinalResponse) {
    /** The same request with forwarded headers, if there are any; the references move over. */
    public DecodedMessage withHeaders(Map<String, String> headers) {
        return headers.isEmpty()
                ? this
                : new DecodedMessage(HeaderForwarding.add(headers, request), emptyFinalResponse);
    }
}
