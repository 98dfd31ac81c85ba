package io.longshore.schedule;

import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelId;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.List;

/** Makes responses for tests of caches. */
public final class CachedResponses {
    private CachedResponses() {}

    /** A copy of a response with so many numbers, in one piece of memory. */
    public static CachedResponse of(CountingAllocator allocator, int elements) {
        InferenceResponse response = new InferenceResponse(
                "",
                new ModelId("m", 1),
                List.of(Tensors.ofFloats(allocator, "X", Shape.of(elements), new float[elements])),
                Parameters.NONE);
        try {
            return CachedResponse.copyOf(response, allocator);
        } finally {
            response.release();
        }
    }
}
