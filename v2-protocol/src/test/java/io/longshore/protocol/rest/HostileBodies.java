package io.longshore.protocol.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.LentRegions;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.util.function.Supplier;

/**
 * Decodes bodies of any bytes: only INVALID_ARGUMENT, an unknown region or a full budget may come out, and no memory and no
 * region may stay behind.
 */
final class HostileBodies {
    private static final ModelSelector MODEL = ModelSelector.latest("m");

    private final CountingAllocator memory = new CountingAllocator();
    private final CodecLimits limits = new CodecLimits(1 << 16, 20);
    private final MemoryAllocator budget = new BudgetedAllocator(memory, 1 << 16);
    private final LentRegions regions = new LentRegions();
    private final InferRequestDecoder decoder = new InferRequestDecoder(limits, budget, Ticker.SYSTEM, regions);
    private final GenerateRequestDecoder generate = new GenerateRequestDecoder(limits, budget);
    private final PredictRequestDecoder predict = new PredictRequestDecoder(limits, budget);

    void checkJson(byte[] body) {
        check(() -> decoder.decodeJson(MODEL, body, 0, body.length));
    }

    void checkGenerate(byte[] body) {
        check(() -> generate.decode(MODEL, GenerateModel.DESCRIPTION, body, 0, body.length));
    }

    void checkPredict(byte[] body) {
        check(() -> predict.decode(MODEL, GenerateModel.DESCRIPTION, body, 0, body.length));
    }

    void checkBinary(byte[] body, int jsonLength) {
        HostMemory whole = memory.holding(body);
        try {
            check(() -> decoder.decodeBinary(MODEL, whole, jsonLength));
        } finally {
            whole.release();
        }
    }

    private void check(Supplier<DecodedRequest> decoding) {
        int before = memory.out();
        decode(decoding);
        if (memory.out() != before || regions.inUse() != 0) {
            throw new AssertionError(memory.out() - before + " pieces of memory, " + regions.inUse()
                    + " uses of regions were not released");
        }
    }

    private static void decode(Supplier<DecodedRequest> decoding) {
        try {
            decoding.get().release();
        } catch (InferenceException e) {
            if (e.code() != ErrorCode.INVALID_ARGUMENT && e.code() != ErrorCode.REGION_NOT_FOUND) {
                throw e;
            }
        } catch (MemoryBudgetExceededException e) {
            // The budget is small on purpose, so that this way out is searched too.
            return;
        }
    }
}
