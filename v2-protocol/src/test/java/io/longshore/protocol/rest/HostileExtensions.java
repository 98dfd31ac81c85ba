package io.longshore.protocol.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.ModelUpload;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.LentRegions;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads bodies of any bytes as those of the repository and shared memory extensions, as raw requests, and as a header: only
 * INVALID_ARGUMENT may come out, and no memory and no upload may stay behind.
 */
final class HostileExtensions {
    private static final ModelSelector MODEL = ModelSelector.latest("m");
    private static final List<ModelDescription> RAW = List.of(
            GenerateModel.batched(0, ModelInput.of("IN", DataType.FP32, -1L, 3L)),
            GenerateModel.batched(4, ModelInput.of("IN", DataType.BYTES, 1L)),
            GenerateModel.batched(0, ModelInput.of("IN", DataType.UINT8, 0L, -1L)),
            GenerateModel.DESCRIPTION);

    private final CountingAllocator memory = new CountingAllocator();
    private final InferRequestDecoder decoder =
            new InferRequestDecoder(new CodecLimits(1 << 16, 20), memory, Ticker.SYSTEM, new LentRegions());
    private final List<Consumer<byte[]>> readers = List.of(
            body -> RepositoryRequests.readyOnly(stream(body)),
            body -> RepositoryRequests.withDependents(stream(body)),
            body -> RepositoryRequests.override(stream(body), this::begin).close(),
            body -> SharedMemoryRequests.system("r", body),
            body -> SharedMemoryRequests.cuda("r", body),
            body -> InferenceHeaderLength.parse(new String(body, StandardCharsets.ISO_8859_1), 100),
            body -> raw(RAW.get(0), body),
            body -> raw(RAW.get(1), body),
            body -> raw(RAW.get(2), body),
            body -> raw(RAW.get(3), body));
    private int uploads;

    /** Reads a body as the reader of this number, counted round, does. */
    void check(int reader, byte[] body) {
        try {
            readers.get(Math.floorMod(reader, readers.size())).accept(body);
        } catch (InferenceException e) {
            if (e.code() != ErrorCode.INVALID_ARGUMENT) {
                throw e;
            }
        }
        if (memory.out() != 0 || uploads != 0) {
            throw new AssertionError(memory.out() + " pieces of memory, " + uploads + " uploads were not released");
        }
    }

    private void raw(ModelDescription description, byte[] body) {
        HostMemory whole = memory.holding(body);
        try {
            decoder.decodeRaw(MODEL, description, whole).release();
        } finally {
            whole.release();
        }
    }

    private static InputStream stream(byte[] body) {
        return new ByteArrayInputStream(body);
    }

    private ModelUpload begin() {
        uploads++;
        return new ModelUpload() {
            @Override
            public OutputStream file(String name) {
                return OutputStream.nullOutputStream();
            }

            @Override
            public void close() {
                uploads--;
            }
        };
    }
}
