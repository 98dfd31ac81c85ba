package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.RegionSource;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.util.Objects;

/**
 * Reads the bodies of inference requests. Thread-safe; made once and shared.
 *
 * <p>Every fault of a body is an {@link InferenceException} with INVALID_ARGUMENT and, where Triton has one, Triton's
 * text; what is wrong with a shared memory region has the codes of {@link RegionSource}. The allocator's {@link io.longshore.tensor.MemoryBudgetExceededException} passes through. Whatever was allocated
 * or retained for a body that is refused is released before the exception leaves.
 */
public final class InferRequestDecoder {
    /** Native runtimes read tensors fastest at multiples of this. */
    private static final int ALIGNMENT = 64;

    private static final int HEADER_CHUNKS = 64;

    private final CodecLimits limits;
    private final MemoryAllocator allocator;
    private final Ticker ticker;
    private final TensorJsonReader json;
    private final SharedTensors shared;
    private final PositionedJsonFactory parsers;
    private final ChunkPool headers = new ChunkPool(HEADER_CHUNKS);

    /** A decoder that knows no shared memory. */
    public InferRequestDecoder(CodecLimits limits, MemoryAllocator allocator, Ticker ticker) {
        this(limits, allocator, ticker, RegionSource.NONE);
    }

    /**
     * A decoder.
     *
     * @param limits what a body may ask for
     * @param allocator where tensors given in JSON or in shared memory are laid out; direct memory, so that a native runtime
     *     reads it in place
     * @param ticker the clock that a request's {@code timeout} is counted on
     * @param regions shared memory that requests may name
     */
    public InferRequestDecoder(CodecLimits limits, MemoryAllocator allocator, Ticker ticker, RegionSource regions) {
        this.limits = limits;
        this.allocator = allocator;
        this.ticker = ticker;
        this.json = new TensorJsonReader(allocator, limits.maxInputSize());
        this.shared = new SharedTensors(regions, allocator);
        this.parsers = new PositionedJsonFactory(limits.maxNesting());
    }

    /**
     * Where in its memory a body with binary tensors is best read to, so that the first tensor starts at a multiple of 64:
     * allocate this many bytes more, leave them free in front, and pass the slice behind them to {@link #decodeBinary}.
     *
     * @param jsonLength bytes of JSON in front of the tensors
     * @return 0 to 63
     */
    public static int alignedStart(int jsonLength) {
        return -jsonLength & (ALIGNMENT - 1);
    }

    /**
     * Reads a body that is JSON alone (no {@code Inference-Header-Content-Length}).
     *
     * @param body holds the JSON, UTF-8; not kept and not changed
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decodeJson(ModelSelector model, byte[] body, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, body.length);
        limits.checkJsonSize(length);
        return read(model, body, offset, length, new BinaryTail(null, 0, model.name()));
    }

    /**
     * Reads a body of JSON followed by binary tensors. Inputs given as binary data become slices of {@code body} without a
     * copy, at whatever alignment they have there: x86-64 and AArch64 read unaligned elements in place, at worst a few per
     * cent slower, where a copy would cost as much as reading the tensor from the socket once more. {@link #alignedStart}
     * avoids even that.
     *
     * @param body the whole body, in direct memory for a native runtime to read in place; the caller keeps its reference
     *     and may release it at once, the request's inputs hold their own
     * @param jsonLength bytes of JSON in front ({@code Inference-Header-Content-Length}), 1 to the body's size
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decodeBinary(ModelSelector model, HostMemory body, int jsonLength) {
        Objects.checkFromIndexSize(0, (long) jsonLength, body.byteSize());
        limits.checkJsonSize(jsonLength);
        byte[] chunk = jsonLength <= ChunkPool.CHUNK_BYTES ? headers.take() : new byte[jsonLength];
        try {
            body.buffer().get(0, chunk, 0, jsonLength);
            return read(model, chunk, 0, jsonLength, new BinaryTail(body, jsonLength, model.name()));
        } finally {
            headers.give(chunk);
        }
    }

    /**
     * Reads a raw binary request ({@code Inference-Header-Content-Length: 0}): the body is the one input of the model,
     * whose shape follows from the body's size, with a batch of one row where the model is batched. All outputs are wanted
     * as binary data.
     *
     * @param description the model, for its input
     * @param body as for {@link #decodeBinary}
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decodeRaw(ModelSelector model, ModelDescription description, HostMemory body) {
        if (body.byteSize() > limits.maxInputSize()) {
            throw V2Errors.rawTooLarge(body.byteSize(), limits.maxInputSize());
        }
        return new RawRequestReader(description.config(), body, allocator).read(model);
    }

    private DecodedRequest read(ModelSelector model, byte[] bytes, int offset, int length, BinaryTail tail) {
        return parsers.read(
                bytes,
                offset,
                length,
                (parser, text) ->
                        new InferRequestReader(parser, text, json, shared, tail, model.name()).read(model, ticker));
    }
}
