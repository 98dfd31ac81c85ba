package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.MemoryAllocator;
import java.util.Objects;

/**
 * Reads the bodies of generate requests (Triton's generate extension): an object whose fields are the model's inputs, or
 * else parameters. Thread-safe; made once and shared.
 *
 * <p>Every fault of a body is an {@link InferenceException} with INVALID_ARGUMENT and, where Triton has one, Triton's
 * text. The allocator's {@link io.longshore.tensor.MemoryBudgetExceededException} passes through. What was allocated for a
 * body that is refused is released before the exception leaves.
 */
public final class GenerateRequestDecoder {
    private final CodecLimits limits;
    private final TensorJsonReader json;
    private final PositionedJsonFactory parsers;

    /**
     * A decoder.
     *
     * @param limits what a body may ask for; {@code maxInputSize} counts for all tensors together
     * @param allocator where tensors are laid out; direct memory, so that a native runtime reads it in place
     */
    public GenerateRequestDecoder(CodecLimits limits, MemoryAllocator allocator) {
        this.limits = limits;
        this.json = new TensorJsonReader(allocator, limits.maxInputSize());
        this.parsers = new PositionedJsonFactory(limits.maxNesting());
    }

    /**
     * Reads a body; an empty one is an object without fields.
     *
     * @param description the model, for its inputs
     * @param body holds the JSON, UTF-8; not kept and not changed
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decode(
            ModelSelector model, ModelDescription description, byte[] body, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, body.length);
        limits.checkJsonSize(length);
        return parsers.read(body, offset, length, (parser, text) -> {
            GenerateInputs inputs = new GenerateInputs(parser, text, json, limits);
            return new GenerateRequestReader(parser, inputs, description.config()).read(model);
        });
    }
}
