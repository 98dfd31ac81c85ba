package io.longshore.protocol.rest;

import com.fasterxml.jackson.core.JsonToken;
import io.longshore.protocol.json.JsonText;
import io.longshore.protocol.json.TensorJsonReader;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.TensorSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes tensors of the fields of a generate request that are inputs of the model. A value is one element or an array of
 * elements; its shape is the declared one, whose innermost open dimension takes what the others leave, the other open ones
 * being 1. Not thread-safe; used once.
 */
final class GenerateInputs {
    private final PositionedJsonFactory.Parser parser;
    private final JsonText text;
    private final TensorJsonReader json;
    private final CodecLimits limits;
    private final List<Tensor> tensors = new ArrayList<>(4);
    private final Set<String> names = new HashSet<>();
    private long byteSize;

    GenerateInputs(PositionedJsonFactory.Parser parser, JsonText text, TensorJsonReader json, CodecLimits limits) {
        this.parser = parser;
        this.text = text;
        this.json = json;
        this.limits = limits;
    }

    /** Those read so far. */
    List<Tensor> tensors() {
        return tensors;
    }

    void release() {
        tensors.forEach(Tensor::release);
    }

    /** Reads the value behind the field's name. */
    void read(TensorSpec input) throws IOException {
        if (!names.add(input.name())) {
            throw V2Errors.repeatedInput(input.name());
        }
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY) {
            int start = parser.position();
            add(input, text, start, countElements());
        } else {
            byte[] value = token == JsonToken.VALUE_STRING
                    ? parser.rawString(']')
                    : (parser.getText() + "]").getBytes(StandardCharsets.UTF_8);
            add(input, new JsonText(value, 0, value.length, limits.maxNesting()), 0, 1);
        }
    }

    private long countElements() throws IOException {
        long count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
            count++;
        }
        return count;
    }

    private void add(TensorSpec input, JsonText array, int start, long count) {
        Shape shape = shape(input, count);
        if (input.type() != DataType.BYTES) {
            count(input, count * input.type().byteWidth());
        }
        Tensor tensor =
                json.read(array, start, input.name(), input.type(), shape).tensor();
        tensors.add(tensor);
        if (input.type() == DataType.BYTES) {
            count(input, tensor.byteSize());
        }
    }

    private void count(TensorSpec input, long size) {
        if (size > limits.maxInputSize() - byteSize) {
            throw V2Errors.invalid("request size of " + byteSize + " bytes with input '" + input.name() + "' of size "
                    + size + " bytes exceeds the maximum allowed input size of " + limits.maxInputSize()
                    + ". Use --http-max-input-size to increase the limit.");
        }
        byteSize += size;
    }

    private static Shape shape(TensorSpec input, long count) {
        long[] dims = input.dims().stream().mapToLong(Long::longValue).toArray();
        // What is empty through a declared dimension leaves one to the open ones.
        long rest = input.dims().contains(0L) ? Math.max(1, count) : count;
        for (long dim : dims) {
            if (dim > 0 && count > 0) {
                rest = rest % dim == 0 ? rest / dim : -1;
            }
            if (rest < 0) {
                throw noShape(input);
            }
        }
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            if (dims[axis] < 0) {
                dims[axis] = rest;
                rest = 1;
            }
        }
        Shape shape = RequestRules.shape(dims, input.name());
        if (shape.elementCount() != count) {
            throw noShape(input);
        }
        return shape;
    }

    private static RuntimeException noShape(TensorSpec input) {
        return V2Errors.invalid("The schema can not convert input '" + input.name() + "' to tensor with proper shape");
    }
}
