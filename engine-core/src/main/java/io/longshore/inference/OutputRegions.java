package io.longshore.inference;

import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The outputs of one request that its caller wants in shared memory regions, and which. Whoever holds it owns the leases
 * until it hands the request to {@link #infer}, or gives it up with {@link #release}. Thread-safe.
 */
public final class OutputRegions {
    /** No output goes to a region. */
    public static final OutputRegions NONE = new OutputRegions(Map.of());

    private final Map<String, RegionLease> leases;

    private OutputRegions(Map<String, RegionLease> leases) {
        this.leases = leases;
    }

    /** Regions by the names of outputs; the leases are taken over. */
    public static OutputRegions of(Map<String, RegionLease> leases) {
        return leases.isEmpty() ? NONE : new OutputRegions(Map.copyOf(leases));
    }

    /**
     * Starts a request, as {@link InferenceService#infer} does. Outputs that go to regions are written there before the sink
     * gets the response, in which they then have no bytes ({@link Tensor#isHost}). One that does not fit is the request's
     * failure. The leases are released at the request's end.
     */
    public InferenceCall infer(InferenceService service, InferenceRequest request, ResponseSink sink) {
        if (leases.isEmpty()) {
            return service.infer(request, sink);
        }
        RegionSink writing = new RegionSink(this, sink);
        InferenceCall call = service.infer(request, writing);
        writing.startedBy(call);
        return call;
    }

    /** Whether no output goes to a region. */
    public boolean isEmpty() {
        return leases.isEmpty();
    }

    /** Ends all leases. Further calls do nothing. */
    public void release() {
        leases.values().forEach(RegionLease::release);
    }

    /**
     * Writes outputs to their regions.
     *
     * @return the response without the bytes of those outputs; it takes over the references of the other one
     * @throws InferenceException if a region is too small or cannot be written; all references are as before then
     */
    InferenceResponse store(InferenceResponse response) {
        for (Tensor output : response.outputs()) {
            RegionLease lease = leases.get(output.name());
            if (lease != null) {
                write(output, lease);
            }
        }
        List<Tensor> outputs = new ArrayList<>(response.outputs().size());
        for (Tensor output : response.outputs()) {
            boolean isStored = leases.containsKey(output.name());
            outputs.add(isStored ? output.inRegion() : output);
            if (isStored) {
                output.release();
            }
        }
        return new InferenceResponse(response.id(), response.model(), outputs, response.parameters());
    }

    private static void write(Tensor output, RegionLease lease) {
        if (output.byteSize() > lease.byteSize()) {
            throw new InferenceException(
                    ErrorCode.REGION_UNUSABLE,
                    "shared memory size specified with the request for output '" + output.name() + "' ("
                            + lease.byteSize() + " bytes) should be at least " + output.byteSize()
                            + " bytes to hold the results");
        }
        lease.write(output.buffer());
    }
}
