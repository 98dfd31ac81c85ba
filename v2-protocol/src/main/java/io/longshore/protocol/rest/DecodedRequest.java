package io.longshore.protocol.rest;

import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceService;
import io.longshore.inference.OutputRegions;
import io.longshore.inference.ResponseSink;
import io.longshore.trace.RequestTrace;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** The same request, of which something is recorded; null = nothing is. The references move over. */
    public DecodedRequest withTrace(@Nullable RequestTrace trace) {
        return trace == null ? this : new DecodedRequest(request.withTrace(trace), format, regions);
    }

    /** The same request with forwarded headers, if there are any; the references move over. */
    public DecodedRequest withHeaders(Map<String, String> headers) {
        return headers.isEmpty() ? this : new DecodedRequest(HeaderForwarding.add(headers, request), format, regions);
    }

    /**
     * Hands the request on; whoever has it ends the references.
     *
     * @throws RuntimeException from the container's proxy in front of the engine, which never throws and was not told; the
     *     references are ended then
     */
    public InferenceCall infer(InferenceService service, ResponseSink sink) {
        try {
            return regions.infer(service, request, sink);
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    /** Gives up a request that is not handed on. */
    public void release() {
        request.release();
        regions.release();
    }
}
