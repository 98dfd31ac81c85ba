package io.longshore.protocol.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Ticker;
import io.longshore.protocol.LentRegions;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.MemoryBudgetExceededException;
import java.util.SplittableRandom;

/**
 * Decodes messages of any bytes: only INVALID_ARGUMENT, an unknown region or a full budget may come out, no memory and no
 * region may stay behind, and what is read is what protobuf reads.
 */
final class HostileMessages {
    private final CountingAllocator memory = new CountingAllocator();
    private final LentRegions regions = new LentRegions();
    private final ProtoInferDecoder decoder =
            new ProtoInferDecoder(1 << 16, new BudgetedAllocator(memory, 1 << 16), Ticker.SYSTEM, regions);

    void check(byte[] message) {
        decode(message);
        if (memory.live() != 0 || regions.inUse() != 0) {
            throw new AssertionError(
                    memory.live() + " pieces of memory, " + regions.inUse() + " uses of regions were not released");
        }
    }

    private void decode(byte[] message) {
        // The pieces depend on the message alone, so that a find is found again.
        SplittableRandom random = new SplittableRandom(java.util.Arrays.hashCode(message));
        try {
            DecodedMessage decoded = decoder.decode(WireSource.of(WireBytes.pieces(message, random)));
            try {
                compare(message, decoded.request());
            } finally {
                decoded.release();
            }
        } catch (InferenceException e) {
            if (e.code() != ErrorCode.INVALID_ARGUMENT && e.code() != ErrorCode.REGION_NOT_FOUND) {
                throw e;
            }
        } catch (MemoryBudgetExceededException e) {
            // The budget is small on purpose, so that this way out is searched too.
            return;
        }
    }

    private static void compare(byte[] message, InferenceRequest request) {
        ModelInferRequest parsed;
        try {
            parsed = ModelInferRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("protobuf refuses what was read", e);
        }
        boolean same = parsed.getId().equals(request.id())
                && parsed.getModelName().equals(request.model().name())
                && parsed.getInputsCount() == request.inputs().size()
                && parsed.getOutputsCount() == request.outputs().size();
        int raw = 0;
        for (int i = 0; same && i < parsed.getInputsCount() && raw < parsed.getRawInputContentsCount(); i++) {
            if (!parsed.getInputs(i).containsParameters("shared_memory_region")) {
                same = parsed.getRawInputContents(raw++)
                        .asReadOnlyByteBuffer()
                        .equals(request.inputs().get(i).buffer());
            }
        }
        if (!same) {
            throw new AssertionError("read " + request + " where protobuf reads " + parsed);
        }
    }
}
