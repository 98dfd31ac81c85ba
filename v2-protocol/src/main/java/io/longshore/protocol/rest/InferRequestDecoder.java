package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import java.util.List;

/**
 * Reads the bodies of inference requests. Thread-safe; made once and shared.
 *
 * <p>Every fault of a body is an {@link InferenceException} with INVALID_ARGUMENT and, where Triton has one, Triton's
 * text. The allocator's {@link io.longshore.tensor.MemoryBudgetExceededException} passes through. Whatever was allocated
 * or retained for a body that is refused is released before the exception leaves.
 */
public final class InferRequestDecoder {
    private final CodecLimits limits;
    private final MemoryAllocator allocator;
    private final Ticker ticker;

    /**
     * @param limits what a body may ask for
     * @param allocator where tensors given in JSON are laid out; direct memory, so that a native runtime reads it in place
     * @param ticker the clock that a request's {@code timeout} is counted on
     */
    public InferRequestDecoder(CodecLimits limits, MemoryAllocator allocator, Ticker ticker) {
        this.limits = limits;
        this.allocator = allocator;
        this.ticker = ticker;
    }

    /**
     * A body that is JSON alone (no {@code Inference-Header-Content-Length}).
     *
     * @param body holds the JSON, UTF-8; not kept and not changed
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decodeJson(ModelSelector model, byte[] body, int offset, int length) {
        if (length > limits.maxInputSize()) {
            throw V2Errors.jsonTooLarge(length, limits.maxInputSize());
        }
        if (ticker.nanos() == 0) {
            allocator.allocate(0).release();
        }
        return new DecodedRequest(InferenceRequest.of(model, List.of()), OutputFormat.JSON);
    }

    /**
     * A body of JSON followed by binary tensors. Inputs given as binary data become slices of {@code body} without a copy,
     * at whatever alignment they have there.
     *
     * @param body the whole body in direct memory; the caller keeps its reference and may release it at once, the
     *     request's inputs hold their own
     * @param jsonLength bytes of JSON in front ({@code Inference-Header-Content-Length}), 1 to the body's size
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decodeBinary(ModelSelector model, HostMemory body, int jsonLength) {
        return new DecodedRequest(InferenceRequest.of(model, List.of()), OutputFormat.JSON);
    }

    /**
     * A raw binary request ({@code Inference-Header-Content-Length: 0}): the body is the one input of the model, whose
     * shape follows from the body's size, with a batch of one row where the model is batched. All outputs are wanted as
     * binary data.
     *
     * @param description the model, for its input
     * @param body as for {@link #decodeBinary}
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decodeRaw(ModelSelector model, ModelDescription description, HostMemory body) {
        return new DecodedRequest(InferenceRequest.of(model, List.of()), OutputFormat.JSON);
    }
}
