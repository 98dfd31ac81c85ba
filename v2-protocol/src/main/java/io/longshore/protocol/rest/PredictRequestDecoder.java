package io.longshore.protocol.rest;

import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import java.util.Objects;

/**
 * Reads the bodies of V1 predict requests: {@code instances}, a list of rows, or {@code inputs}, whole tensors (KServe's V1
 * protocol and TensorFlow Serving's REST interface). Shapes follow from how the arrays are nested, datatypes from the model.
 * Thread-safe; made once and shared.
 *
 * <p>Every fault of a body is an {@link InferenceException} with INVALID_ARGUMENT. The allocator's
 * {@link io.longshore.tensor.MemoryBudgetExceededException} passes through. What was allocated for a body that is refused is
 * released before the exception leaves.
 */
public final class PredictRequestDecoder {
    private final CodecLimits limits;
    private final MemoryAllocator allocator;
    private final PositionedJsonFactory parsers;

    /**
     * A decoder.
     *
     * @param limits what a body may ask for
     * @param allocator where tensors are laid out; direct memory, so that a native runtime reads it in place
     */
    public PredictRequestDecoder(CodecLimits limits, MemoryAllocator allocator) {
        this.limits = limits;
        this.allocator = allocator;
        this.parsers = new PositionedJsonFactory(limits.maxNesting());
    }

    /**
     * Reads a body.
     *
     * @param description the model, for its inputs
     * @param body holds the JSON, UTF-8; not kept and not changed
     * @return with {@link OutputFormat#COLUMNS} where the inputs came by column, else {@link OutputFormat#JSON}
     * @throws InferenceException INVALID_ARGUMENT
     */
    public DecodedRequest decode(
            ModelSelector model, ModelDescription description, byte[] body, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, body.length);
        limits.checkJsonSize(length);
        return parsers.read(body, offset, length, (parser, text) -> {
            PredictValues values = new PredictValues(parser, text, limits, allocator);
            return new PredictRequestReader(parser, values, description.config()).read(model);
        });
    }
}
