package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import io.longshore.spi.ExecutionItem;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An instance's memory for small tensors. The runtime's view of a tensor costs more to make and to close than a few
 * kilobytes cost to copy, so requests that fit in here are copied in and out, and the views serve until one of other
 * shapes comes. Not thread-safe.
 */
final class Stage implements AutoCloseable {
    private final NativeTensors tensors;
    private final GraphSignature signature;
    private final boolean batched;
    private @Nullable ByteBuffer memory;
    private @Nullable StagedTensors current;

    Stage(NativeTensors tensors, GraphSignature signature, boolean batched) {
        this.tensors = tensors;
        this.signature = signature;
        this.batched = batched;
    }

    /** The tensors for a request, valid until the next call; null where it does not fit, see {@link StagePlan#of}. */
    @Nullable
    StagedTensors prepare(ExecutionItem item) throws OrtException {
        if (current != null && current.fit(item)) {
            return current;
        }
        StagePlan plan = StagePlan.of(item, signature, batched);
        if (plan == null) {
            return null;
        }
        close();
        current = new StagedTensors(tensors, plan, memory());
        return current;
    }

    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private ByteBuffer memory() {
        if (memory == null) {
            memory = ByteBuffer.allocateDirect(StagePlan.CAPACITY);
        }
        return memory;
    }
}
