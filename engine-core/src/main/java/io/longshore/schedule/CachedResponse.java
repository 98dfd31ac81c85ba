package io.longshore.schedule;

import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A response in a cache: a copy of its outputs in one piece of memory, without what belongs to the one request that it
 * answered. It is counted by references: whoever reads it while it is forgotten keeps its memory from going. Thread-safe.
 */
public final class CachedResponse {
    /** What an entry takes on the heap besides its outputs: objects, digest and the cache's own node, generously. */
    private static final long ENTRY_BYTES = 512;

    /** What each output takes besides its bytes. */
    private static final long OUTPUT_BYTES = 192;

    private final List<Tensor> outputs;
    private final Parameters parameters;
    private final long byteSize;
    private final AtomicInteger references = new AtomicInteger(1);

    private CachedResponse(List<Tensor> outputs, Parameters parameters, long byteSize) {
        this.outputs = outputs;
        this.parameters = parameters;
        this.byteSize = byteSize;
    }

    /** The bytes that a copy of a response takes, with all that is needed to keep it. */
    static long byteSizeOf(InferenceResponse response) {
        long byteSize = ENTRY_BYTES + bytesOf(response.parameters());
        for (Tensor output : response.outputs()) {
            byteSize += OUTPUT_BYTES
                    + Character.BYTES * (long) output.name().length()
                    + Long.BYTES * (long) output.shape().rank()
                    + output.byteSize();
        }
        return byteSize;
    }

    private static long bytesOf(Parameters parameters) {
        long byteSize = 0;
        for (var each : parameters.asMap().entrySet()) {
            byteSize += OUTPUT_BYTES
                    + Character.BYTES
                            * (each.getKey().length()
                                    + (long) each.getValue().toString().length());
        }
        return byteSize;
    }

    /**
     * A copy, with one reference, of a response whose outputs are in this process.
     *
     * @throws io.longshore.tensor.MemoryBudgetExceededException if the allocator refuses
     */
    static CachedResponse copyOf(InferenceResponse response, MemoryAllocator allocator) {
        long byteSize = response.outputs().stream().mapToLong(Tensor::byteSize).sum();
        HostMemory memory = allocator.allocate(byteSize);
        try {
            List<Tensor> copies = new ArrayList<>(response.outputs().size());
            long offset = 0;
            for (Tensor output : response.outputs()) {
                HostMemory part = memory.slice(offset, output.byteSize());
                part.buffer().put(output.buffer());
                copies.add(new Tensor(output.name(), output.type(), output.shape(), part));
                offset += output.byteSize();
            }
            return new CachedResponse(List.copyOf(copies), response.parameters(), byteSizeOf(response));
        } finally {
            memory.release();
        }
    }

    /** The bytes that it takes, with all that is needed to keep it. */
    public long byteSize() {
        return byteSize;
    }

    /** Adds a reference; false where the last one has ended, so that there is nothing to read any more. */
    public boolean tryRetain() {
        return references.getAndUpdate(count -> count > 0 ? count + 1 : count) > 0;
    }

    /** Ends a reference; with the last one the memory goes, apart from what answers still hold of it. */
    public void release() {
        if (references.decrementAndGet() == 0) {
            outputs.forEach(Tensor::release);
        }
    }

    /**
     * The answer to a request, over the same memory; while the caller has a reference.
     *
     * @param requestId the request's id
     * @param model the version that has answered
     */
    InferenceResponse answer(String requestId, ModelId model) {
        outputs.forEach(Tensor::retain);
        return new InferenceResponse(requestId, model, outputs, parameters);
    }
}
