package io.longshore.web.grpc;

import io.longshore.inference.InferenceService;
import io.longshore.inference.Ticker;
import io.longshore.protocol.grpc.ProtoInferDecoder;
import io.longshore.protocol.grpc.ProtoInferEncoder;
import io.longshore.tensor.MemoryAllocator;

/**
 * What every inference call needs; made once and shared. Thread-safe.
 *
 * @param service who infers
 * @param decoder reads requests
 * @param encoder writes responses
 * @param maxGathered bytes on the heap that a message may take, beside its raw tensors or once decompressed
 * @param ticker the clock of deadlines
 */
record InferParts(
        InferenceService service,
        ProtoInferDecoder decoder,
        ProtoInferEncoder encoder,
        int maxGathered,
        Ticker ticker) {
    /** The bound that the decoder has for itself. */
    private static final int MAX_GATHERED = 1 << 30;

    /**
     * Parts with a codec of their own.
     *
     * @param allocator the engine's memory for requests
     * @param maxInputSize bytes on the heap that a message may take; counts up to 1 GiB
     */
    static InferParts of(InferenceService service, MemoryAllocator allocator, long maxInputSize) {
        int gathered = (int) Math.min(maxInputSize, MAX_GATHERED);
        return new InferParts(
                service,
                new ProtoInferDecoder(gathered, allocator, Ticker.SYSTEM),
                new ProtoInferEncoder(),
                gathered,
                Ticker.SYSTEM);
    }
}
