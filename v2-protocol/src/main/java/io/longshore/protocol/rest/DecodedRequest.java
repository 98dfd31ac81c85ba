package io.longshore.protocol.rest;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.OutputRegions;
import java.util.Map;

/**
 * A request body, understood.
 *
 * @param request what to infer; whoever holds it owns one reference to each input
 * @param format how the caller wants the outputs, for {@link InferResponseEncoder}
 * @param regions the outputs that go to shared memory; owned as the inputs are
 */
public record DecodedRequest(InferenceRequest request, OutputFormat format, OutputRegions regions) {
    /** A request whose outputs all come in its answer. */
    public DecodedRequest(InferenceRequest request, OutputFormat format) {
        this(request, format, OutputRegions.NONE);
    }

    /** The same request with forwarded headers, if there are any; the references move over. */
    public DecodedRequest withHeaders(Map<String, String> headers) {
        return headers.isEmpty() ? this : new DecodedRequest(HeaderForwarding.add(headers, request), format, regions);
    }

    /** Gives up a request that is not handed on. */
    public void release() {
        request.release();
        regions.release();
    }
}
