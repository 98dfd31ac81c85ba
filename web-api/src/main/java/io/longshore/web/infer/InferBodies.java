package io.longshore.web.infer;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.RegionSource;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.Ticker;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.DecodedRequest;
import io.longshore.protocol.rest.InferRequestDecoder;
import io.longshore.protocol.rest.InferenceHeaderLength;
import io.longshore.protocol.rest.V2Errors;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.MemoryPool;
import io.longshore.web.http.BodyBuffer;
import io.longshore.web.http.ContentCoding;
import io.longshore.web.http.Decompression;
import java.nio.ByteBuffer;

/**
 * Where the bytes of inference requests go, and how they become requests. Bodies with binary tensors are gathered in the
 * engine's direct memory, under its budget, and stay there as the tensors of the request. JSON is gathered on the heap,
 * under a budget of a quarter of it, and given back once it is decoded. Thread-safe.
 */
final class InferBodies implements RequestBodies {
    /** Heap that is kept for the next bodies of JSON. */
    private static final long RETAINED_HEAP = 64 << 20;

    private final CodecLimits limits;
    private final MemoryAllocator direct;
    private final MemoryAllocator heap;
    private final InferRequestDecoder decoder;
    private final ServerStatus status;

    /**
     * @param limits what a body may ask for
     * @param direct the engine's memory for requests
     * @param regions shared memory that requests may name
     * @param status describes the model of a raw binary request
     */
    InferBodies(CodecLimits limits, MemoryAllocator direct, RegionSource regions, ServerStatus status) {
        this.limits = limits;
        this.direct = direct;
        this.heap = heapBudget(Runtime.getRuntime().maxMemory() / 4);
        this.decoder = new InferRequestDecoder(limits, direct, Ticker.SYSTEM, regions);
        this.status = status;
    }

    private static MemoryAllocator heapBudget(long limit) {
        BudgetedAllocator budget = new BudgetedAllocator(MemoryPool.heap(Math.min(RETAINED_HEAP, limit / 4)), limit);
        return byteSize -> {
            try {
                return budget.allocate(byteSize);
            } catch (MemoryBudgetExceededException e) {
                throw new InferenceException(
                        ErrorCode.UNAVAILABLE,
                        "JSON bodies in flight fill the quarter of the Java heap that is theirs (" + limit
                                + " bytes); retry later, send tensors as binary data, or give the server a larger heap",
                        e);
            }
        };
    }

    @Override
    public BodyBuffer open(InferHead head) {
        long limit = limits.maxInputSize();
        if (head.coding() != ContentCoding.IDENTITY) {
            return BodyBuffer.growing(memory(head), limit, size -> Decompression.tooLarge(limit));
        }
        if (head.contentLength() >= 0) {
            checkSize(head);
            return BodyBuffer.ofSize(memory(head), head.contentLength());
        }
        long most = head.isBinary() ? Integer.MAX_VALUE : limit;
        return BodyBuffer.growing(memory(head), most, size -> V2Errors.jsonTooLarge(size, limit));
    }

    private MemoryAllocator memory(InferHead head) {
        return head.isBinary() ? direct : heap;
    }

    private void checkSize(InferHead head) {
        long size = head.contentLength();
        if (!head.isBinary() && size > limits.maxInputSize()) {
            throw V2Errors.jsonTooLarge(size, limits.maxInputSize());
        }
        if (size > Integer.MAX_VALUE) {
            throw new InferenceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a request body has at most " + Integer.MAX_VALUE + " bytes, this one announced " + size);
        }
    }

    @Override
    public DecodedRequest decode(InferHead head, HostMemory body) {
        HostMemory plain = plain(head, body);
        try {
            return head.isBinary() ? decodeBinary(head, plain) : decodeJson(head, plain);
        } finally {
            plain.release();
        }
    }

    @Override
    public HostMemory plain(InferHead head, HostMemory body) {
        if (!isStillEncoded(head, body)) {
            return body;
        }
        try {
            return Decompression.expand(head.coding(), body, memory(head), limits.maxInputSize());
        } finally {
            body.release();
        }
    }

    private static boolean isStillEncoded(InferHead head, HostMemory body) {
        if (head.coding() == ContentCoding.IDENTITY) {
            return false;
        }
        // Liberty may have expanded the body and kept its headers; as many bytes as announced means that it has not.
        return Decompression.isEncoded(head.coding(), body.buffer()) || body.byteSize() == head.contentLength();
    }

    private DecodedRequest decodeJson(InferHead head, HostMemory body) {
        ByteBuffer json = json(body);
        return decoder.decodeJson(head.model(), json.array(), json.arrayOffset(), json.remaining());
    }

    /** The bytes of a body in an array, which memory of no bytes has not. */
    static ByteBuffer json(HostMemory body) {
        ByteBuffer bytes = body.buffer();
        return bytes.hasRemaining() ? bytes : ByteBuffer.allocate(0);
    }

    private DecodedRequest decodeBinary(InferHead head, HostMemory body) {
        int jsonLength = InferenceHeaderLength.parse(String.valueOf(head.headerLength()), body.byteSize());
        return jsonLength == 0
                ? decoder.decodeRaw(head.model(), status.describe(head.model()), body)
                : decoder.decodeBinary(head.model(), body, jsonLength);
    }
}
