package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceException;
import io.longshore.inference.RegionSource;
import io.longshore.inference.Ticker;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.json.ChunkPool;
import io.longshore.protocol.rest.SharedTensors;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Reads {@code ModelInferRequest}s. Thread-safe; made once and shared.
 *
 * <p>Tensors in {@code raw_input_contents} go from the source straight into memory of the allocator, once their length is
 * known to be no more than what the message has left. All other fields are small, or ought to be: they are gathered on the
 * heap and parsed by protobuf's generated code.
 *
 * <p>Every fault of a message is an {@link InferenceException} with INVALID_ARGUMENT and, where Triton has one, Triton's
 * text; what is wrong with a shared memory region has the codes of {@link RegionSource}. The allocator's {@link io.longshore.tensor.MemoryBudgetExceededException} passes through. Whatever was allocated for
 * a message that is refused is released before the exception leaves.
 */
public final class ProtoInferDecoder {
    private static final int POOLED_CHUNKS = 64;

    /** An array can be twice as large. */
    private static final int MAX_GATHERED_SIZE = 1 << 30;

    private final int maxGatheredSize;
    private final MemoryAllocator allocator;
    private final Ticker ticker;
    private final SharedTensors shared;
    private final ChunkPool chunks = new ChunkPool(POOLED_CHUNKS);

    /** A decoder that knows no shared memory. */
    public ProtoInferDecoder(int maxGatheredSize, MemoryAllocator allocator, Ticker ticker) {
        this(maxGatheredSize, allocator, ticker, RegionSource.NONE);
    }

    /**
     * A decoder.
     *
     * @param maxGatheredSize bytes that a message may have beside its {@code raw_input_contents}, 1 to 2^30; while they are
     *     read they take a few times as many on the heap, some twenty times where somebody means harm
     * @param allocator where tensors are laid out; direct memory, so that a native runtime reads it in place
     * @param ticker the clock that a request's {@code timeout} is counted on
     * @param regions shared memory that requests may name
     */
    public ProtoInferDecoder(int maxGatheredSize, MemoryAllocator allocator, Ticker ticker, RegionSource regions) {
        if (maxGatheredSize < 1 || maxGatheredSize > MAX_GATHERED_SIZE) {
            throw new IllegalArgumentException(
                    "maxGatheredSize is 1 to " + MAX_GATHERED_SIZE + ", got " + maxGatheredSize);
        }
        this.maxGatheredSize = maxGatheredSize;
        this.allocator = allocator;
        this.ticker = ticker;
        this.shared = new SharedTensors(regions, allocator);
    }

    /**
     * Reads one message.
     *
     * @param source all of its bytes and no others
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedMessage decode(WireSource source) {
        ArrayDeque<HostMemory> raw = new ArrayDeque<>(4);
        byte[] chunk = chunks.take();
        try {
            FieldSplitter splitter = new FieldSplitter(source, chunk, maxGatheredSize, allocator);
            ModelInferRequest message = splitter.split(raw);
            return new InferMessageReader(message, raw, allocator, shared).read(ticker);
        } catch (IOException e) {
            throw MessageErrors.malformed(String.valueOf(e.getMessage()));
        } finally {
            chunks.give(chunk);
            // What no input took: surplus entries, or all of them after a fault.
            raw.forEach(HostMemory::release);
        }
    }
}
