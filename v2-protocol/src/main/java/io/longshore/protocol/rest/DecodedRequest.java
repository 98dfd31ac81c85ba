package io.longshore.protocol.rest;

import io.longshore.inference.InferenceRequest;
import java.util.Map;

/**
 * A request body, understood.
 *
 * @param request what to infer; whoever holds it owns one reference to each input
 * @param format how the caller wants the outputs, for {@link InferResponseEncoder}
 */
public record DecodedRequest(InferenceRequest request, OutputFormat format) {
    /** The same request with forwarded headers, if there are any; the references move over. */
    public DecodedRequest withHeaders(Map<String, String> headers) {
        return headers.isEmpty() ? this : new DecodedRequest(HeaderForwarding.add(headers, request), format);
    }
}
