package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelDescription;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.json.JsonText;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        if (length > limits.maxInputSize()) {
            throw V2Errors.jsonTooLarge(length, limits.maxInputSize());
        }
        JsonText text = new JsonText(body, offset, offset + length, limits.maxNesting());
        try (PositionedJsonFactory.Parser parser = parsers.parser(body, offset, offset + length)) {
            GenerateInputs inputs = new GenerateInputs(parser, text, json, limits);
            return read(new GenerateRequestReader(parser, inputs, description.config()), parser, model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DecodedRequest read(
            GenerateRequestReader reader, PositionedJsonFactory.Parser parser, ModelSelector model) throws IOException {
        try {
            return reader.read(model);
        } catch (JsonProcessingException e) {
            throw PositionedJsonFactory.fault(e, parser);
        }
    }
}
