package io.longshore.protocol.rest;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryBudgetExceededException;

/**
 * Bodies of any bytes: only INVALID_ARGUMENT or a full budget may come out, and no memory may stay behind. Replays its
 * corpus in a normal run; searches for more under the profile {@code fuzz}.
 */
class InferRequestFuzzTest {
    private static final ModelSelector MODEL = ModelSelector.latest("m");

    private final CountingAllocator memory = new CountingAllocator();
    private final InferRequestDecoder decoder = new InferRequestDecoder(
            new CodecLimits(1 << 16, 20), new BudgetedAllocator(memory, 1 << 16), Ticker.SYSTEM);

    @FuzzTest(maxDuration = "5m")
    void jsonBody_isReadOrRefused(byte[] body) {
        check(() -> decoder.decodeJson(MODEL, body, 0, body.length));
    }

    @FuzzTest(maxDuration = "5m")
    void binaryBody_isReadOrRefused(byte[] body) {
        int jsonLength = body.length - body.length / 4;
        HostMemory whole = memory.holding(body);
        try {
            check(() -> decoder.decodeBinary(MODEL, whole, jsonLength));
        } finally {
            whole.release();
        }
        if (memory.out() != 0) {
            throw new AssertionError(memory.out() + " pieces of memory were not released");
        }
    }

    private void check(java.util.function.Supplier<DecodedRequest> decoding) {
        try {
            decoding.get().request().release();
        } catch (InferenceException e) {
            if (e.code() != ErrorCode.INVALID_ARGUMENT) {
                throw e;
            }
        } catch (MemoryBudgetExceededException e) {
            // The budget is small on purpose.
            return;
        }
    }
}
