package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.longshore.inference.GrpcTransport.Compression;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceService;
import io.longshore.inference.RegionSource;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.Ticker;
import io.longshore.inference.Tracer;
import io.longshore.inference.WireSettings;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.grpc.DecodedMessage;
import io.longshore.protocol.grpc.ProtoInferDecoder;
import io.longshore.protocol.grpc.ProtoInferEncoder;
import io.longshore.protocol.rest.HeaderForwarding;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.web.trace.WireTrace;
import io.longshore.web.trace.WireTrace.Wire;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What every inference call needs; made once and shared. Thread-safe.
 *
 * @param service who infers
 * @param decoder reads requests
 * @param encoder writes responses
 * @param maxGathered bytes on the heap that a message may take, beside its raw tensors or once decompressed
 * @param decoupled whether a model may give any number of responses; false for one that is not known
 * @param forwarding tells which metadata become parameters
 * @param compresses whether responses are compressed for clients that understand it
 * @param ticker the clock of deadlines
 * @param tracer decides which requests are traced
 */
record InferParts(
        InferenceService service,
        ProtoInferDecoder decoder,
        ProtoInferEncoder encoder,
        int maxGathered,
        Predicate<ModelSelector> decoupled,
        HeaderForwarding forwarding,
        boolean compresses,
        Ticker ticker,
        Tracer tracer) {
    /** The bound that the decoder has for itself. */
    private static final int MAX_GATHERED = 1 << 30;

    /**
     * Parts with a codec of their own.
     *
     * @param status tells which models are decoupled
     * @param allocator the engine's memory for requests
     * @param regions shared memory that requests may name
     * @param settings of which the input size counts up to 1 GiB: the bytes on the heap that a message may take
     */
    static InferParts of(
            InferenceService service,
            ServerStatus status,
            MemoryAllocator allocator,
            RegionSource regions,
            WireSettings settings) {
        int gathered = (int) Math.min(settings.maxInputSize(), MAX_GATHERED);
        return new InferParts(
                service,
                new ProtoInferDecoder(gathered, allocator, Ticker.SYSTEM, regions),
                new ProtoInferEncoder(),
                gathered,
                model -> isDecoupled(status, model),
                HeaderForwarding.of(settings.forwarding().grpc()),
                false,
                Ticker.SYSTEM,
                Tracer.NONE);
    }

    /** The same parts with responses that are compressed as much as the level says. */
    InferParts compressing(Compression level) {
        return new InferParts(
                service,
                decoder,
                encoder,
                maxGathered,
                decoupled,
                forwarding,
                level != Compression.NONE,
                ticker,
                tracer);
    }

    /** The same parts with requests of which some are traced. */
    InferParts traced(Tracer value) {
        return new InferParts(service, decoder, encoder, maxGathered, decoupled, forwarding, compresses, ticker, value);
    }

    /** Begins the trace of a request to a model, in a call with these headers, if it is to have one. */
    WireTrace trace(String model, Metadata headers, long arrival) {
        return WireTrace.begin(tracer, Wire.GRPC, model, headers, InferParts::header, arrival);
    }

    private static @Nullable String header(Metadata headers, String name) {
        return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    /**
     * Reads a message of a call with these headers, straight out of the transport's buffers.
     *
     * @throws InferenceException INVALID_ARGUMENT
     */
    DecodedMessage decode(InputStream message, Metadata headers) {
        // First, since it may refuse, and there would be a request to release.
        Map<String, String> forwarded = ForwardedMetadata.of(forwarding, headers);
        return decoder.decode(StreamSource.of(message, maxGathered)).withHeaders(forwarded);
    }

    /** Begins a response; gRPC itself compresses only for those who say that they understand it. */
    void sendHeaders(ServerCall<?, ?> call) {
        if (compresses) {
            call.setCompression(InferCompression.ENCODING);
        }
        call.sendHeaders(new Metadata());
    }

    private static boolean isDecoupled(ServerStatus status, ModelSelector model) {
        try {
            return status.describe(model).config().isDecoupled();
        } catch (InferenceException notReady) {
            // Its one answer is that failure, which the engine words.
            return false;
        }
    }
}
