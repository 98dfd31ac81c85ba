package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.longshore.model.ModelInput;
import io.longshore.protocol.json.JsonText;
import io.longshore.protocol.json.NestedShape;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads the values of a V1 request: elements and arrays of them, nested as their tensor's shape is. Not thread-safe. */
final class PredictValues {
    /** The field of an object that stands for bytes (TensorFlow Serving). */
    private static final String BASE64 = "b64";

    private final PositionedJsonFactory.Parser parser;
    private final JsonText text;
    private final CodecLimits limits;
    private final MemoryAllocator allocator;
    private final TensorJsonReader json;

    PredictValues(PositionedJsonFactory.Parser parser, JsonText text, CodecLimits limits, MemoryAllocator allocator) {
        this.parser = parser;
        this.text = text;
        this.limits = limits;
        this.allocator = allocator;
        this.json = new TensorJsonReader(allocator, limits.maxInputSize());
    }

    MemoryAllocator allocator() {
        return allocator;
    }

    /** At the start of an array: whether its first element is an object that stands for a row, not for bytes. */
    boolean isObjectNext() {
        return parser.isObjectNext() && !parser.isObjectNextWith(BASE64);
    }

    /**
     * Reads the present value.
     *
     * @return the caller's to release
     */
    Tensor read(ModelInput input) throws IOException {
        boolean isArray = parser.currentToken() == JsonToken.START_ARRAY;
        if (input.type() == DataType.BYTES) {
            return isArray ? readBytes(input.name()) : bytes(input.name(), Shape.of(), List.of(element(input.name())));
        }
        return isArray ? readArray(input) : readNumber(input);
    }

    private Tensor readArray(ModelInput input) throws IOException {
        int start = parser.position();
        Shape shape = NestedShape.of(text, start, input.name());
        TensorJsonReader.Result result = json.read(text, start, input.name(), input.type(), shape);
        parser.moveTo(result.end());
        parser.nextToken();
        return result.tensor();
    }

    private Tensor readNumber(ModelInput input) throws IOException {
        if (!parser.currentToken().isScalarValue() || parser.currentToken() == JsonToken.VALUE_STRING) {
            throw V2Errors.invalid("input '" + input.name() + "' takes numbers, or arrays of them");
        }
        byte[] value = (parser.getText() + "]").getBytes(StandardCharsets.UTF_8);
        JsonText array = new JsonText(value, 0, value.length, limits.maxNesting());
        return json.read(array, 0, input.name(), input.type(), Shape.of()).tensor();
    }

    private Tensor readBytes(String name) throws IOException {
        Shape shape = NestedShape.of(text, parser.position(), name);
        List<byte[]> elements = new ArrayList<>();
        int depth = 1;
        while (depth > 0) {
            switch (parser.nextToken()) {
                case START_ARRAY -> depth++;
                case END_ARRAY -> depth--;
                default -> elements.add(element(name));
            }
        }
        if (elements.size() != shape.elementCount()) {
            throw V2Errors.invalid("input '" + name + "' has arrays and elements at the same depth");
        }
        return bytes(name, shape, elements);
    }

    /** The present value as an element of BYTES. */
    private byte[] element(String name) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING
                ? parser.getText().getBytes(StandardCharsets.UTF_8)
                : base64(name);
    }

    private byte[] base64(String name) throws IOException {
        boolean isObject = parser.currentToken() == JsonToken.START_OBJECT
                && parser.nextToken() == JsonToken.FIELD_NAME
                && parser.currentName().equals(BASE64)
                && parser.nextToken() == JsonToken.VALUE_STRING;
        if (!isObject) {
            throw V2Errors.invalid(
                    "input '" + name + "' takes strings, or {\"b64\": \"...\"} for bytes that are no text");
        }
        String encoded = parser.getText();
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw V2Errors.invalid("an object for bytes in input '" + name + "' has the one field 'b64'");
        }
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw V2Errors.invalid("input '" + name + "' has bytes that are not base64: " + e.getMessage());
        }
    }

    private Tensor bytes(String name, Shape shape, List<byte[]> elements) {
        long size = BytesElements.byteSize(elements);
        if (size > limits.maxInputSize()) {
            throw V2Errors.invalid("input '" + name + "' has " + size + " bytes, and may have " + limits.maxInputSize()
                    + ". Use --http-max-input-size to increase the limit.");
        }
        return Tensors.ofBytes(allocator, name, shape, elements);
    }
}
