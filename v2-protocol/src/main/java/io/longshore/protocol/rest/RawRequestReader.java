package io.longshore.protocol.rest;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.OutputRegions;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.List;

/** Makes the one input of a model out of a body that is nothing but its bytes. Not thread-safe; used once. */
final class RawRequestReader {
    private final ModelConfig config;
    private final HostMemory body;
    private final MemoryAllocator allocator;

    RawRequestReader(ModelConfig config, HostMemory body, MemoryAllocator allocator) {
        this.config = config;
        this.body = body;
        this.allocator = allocator;
    }

    DecodedRequest read(ModelSelector model) {
        int count = config.inputs().size();
        if (count != 1) {
            throw V2Errors.invalid("Raw request must only have 1 input (found 1) to be deduced but got " + count
                    + " inputs in '" + config.name() + "' model configuration");
        }
        ModelInput input = config.inputs().get(0);
        Tensor tensor = input.type() == DataType.BYTES ? string(input) : numbers(input);
        return new DecodedRequest(InferenceRequest.of(model, List.of(tensor)), OutputFormat.BINARY, OutputRegions.NONE);
    }

    private Tensor string(ModelInput input) {
        if (!input.dims().equals(List.of(1L))) {
            throw V2Errors.invalid(
                    "For BYTE datatype raw input '" + input.name() + "', the model must have input shape [1]");
        }
        HostMemory memory = allocator.allocate(BytesElements.LENGTH_BYTES + body.byteSize());
        memory.buffer().putInt((int) body.byteSize()).put(body.buffer());
        return new Tensor(input.name(), DataType.BYTES, batched(1), memory);
    }

    private Tensor numbers(ModelInput input) {
        long[] dims = input.dims().stream().mapToLong(Long::longValue).toArray();
        int open = -1;
        long fixedSize = input.type().byteWidth();
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] >= 0) {
                fixedSize = product(fixedSize, dims[axis]);
            } else if (open >= 0) {
                throw V2Errors.invalid("The shape of the raw input '" + input.name()
                        + "' can not be deduced because there are more than one variable-sized dimension");
            } else {
                open = axis;
            }
        }
        if (open >= 0) {
            dims[open] = fixedSize == 0 ? 0 : body.byteSize() / fixedSize;
            fixedSize = product(fixedSize, dims[open]);
        }
        if (fixedSize != body.byteSize()) {
            throw V2Errors.byteSizeMismatch("", input.name(), config.name(), fixedSize, body.byteSize());
        }
        return new Tensor(input.name(), input.type(), batched(dims), body.retain());
    }

    private Shape batched(long... dims) {
        Shape row = Shape.of(dims);
        return config.isBatched() ? row.prepend(1) : row;
    }

    /** The product, or the largest long where it is larger; such a tensor is larger than every body. */
    private static long product(long a, long b) {
        return b != 0 && a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
    }
}
