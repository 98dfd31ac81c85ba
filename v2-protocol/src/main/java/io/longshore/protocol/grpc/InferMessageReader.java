package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.inference.RequestedOutput;
import io.longshore.inference.Ticker;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.longshore.protocol.rest.RequestRules;
import io.longshore.protocol.rest.V2Errors;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/** Makes a request out of a parsed message and its tensors. Not thread-safe; used once. */
final class InferMessageReader {
    private final ModelInferRequest message;
    private final Queue<HostMemory> raw;
    private final boolean isRaw;
    private final MemoryAllocator allocator;
    private final List<Tensor> inputs;

    /**
     * A reader.
     *
     * @param message without its {@code raw_input_contents}
     * @param raw those; an entry that becomes an input is taken out together with its reference
     */
    InferMessageReader(ModelInferRequest message, Queue<HostMemory> raw, MemoryAllocator allocator) {
        this.message = message;
        this.raw = raw;
        this.isRaw = !raw.isEmpty();
        this.allocator = allocator;
        this.inputs = new ArrayList<>(message.getInputsCount());
    }

    /** Reads the whole message; the inputs made until a fault are released. */
    DecodedMessage read(Ticker ticker) {
        boolean complete = false;
        try {
            DecodedMessage decoded = readMessage(ticker);
            complete = true;
            return decoded;
        } finally {
            if (!complete) {
                inputs.forEach(Tensor::release);
            }
        }
    }

    private DecodedMessage readMessage(Ticker ticker) {
        RequestParameters parameters = RequestParameters.read(message.getParametersMap());
        List<RequestedOutput> outputs = readOutputs();
        readInputs();
        InferenceRequest request = new InferenceRequest(
                message.getId(),
                ModelVersions.selector(message.getModelName(), message.getModelVersion()),
                inputs,
                outputs,
                parameters.custom(),
                parameters.options(ticker));
        return new DecodedMessage(request, parameters.emptyFinalResponse());
    }

    private void readInputs() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < message.getInputsCount(); i++) {
            InferInputTensor input = message.getInputs(i);
            if (!names.add(input.getName())) {
                throw V2Errors.repeatedInput(input.getName());
            }
            DataType type = RequestRules.datatype(input.getDatatype(), input.getName());
            readInput(input, type, shape(input));
        }
    }

    private static Shape shape(InferInputTensor input) {
        int rank = input.getShapeCount();
        if (rank > RequestRules.MAX_RANK) {
            throw V2Errors.invalidShape(input.getName(), "more than " + RequestRules.MAX_RANK + " dimensions");
        }
        long[] dims = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = input.getShape(axis);
        }
        return RequestRules.shape(dims, input.getName());
    }

    private void readInput(InferInputTensor input, DataType type, Shape shape) {
        if (input.getParametersCount() > 0 && TensorParameters.namesRegion(input.getName(), input.getParametersMap())) {
            throw input.hasContents()
                    ? MessageErrors.contentsAndRegion(input.getName(), message.getModelName())
                    : MessageErrors.noSharedMemory("input", input.getName());
        }
        if (!input.hasContents()) {
            takeRaw(input.getName(), type, shape);
        } else if (isRaw) {
            throw MessageErrors.contentsAndRaw(input.getName(), message.getModelName());
        } else {
            layOut(input, type, shape);
        }
    }

    private void takeRaw(String name, DataType type, Shape shape) {
        HostMemory memory = raw.peek();
        if (memory == null) {
            throw MessageErrors.noData(name, message.getModelName());
        }
        checkByteSize(memory.byteSize(), name, type, shape);
        inputs.add(new Tensor(name, type, shape, memory));
        raw.remove();
    }

    private void layOut(InferInputTensor input, DataType type, Shape shape) {
        TypedContents contents = TypedContents.of(input, type, message.getModelName());
        long byteSize = contents.byteSize();
        checkByteSize(byteSize, input.getName(), type, shape);
        if (byteSize > Integer.MAX_VALUE) {
            throw MessageErrors.contentsTooLarge(input.getName(), byteSize);
        }
        HostMemory memory = byteSize == 0 ? HostMemory.empty() : allocator.allocate(byteSize);
        inputs.add(new Tensor(input.getName(), type, shape, memory));
        contents.writeTo(memory.buffer());
    }

    private void checkByteSize(long byteSize, String name, DataType type, Shape shape) {
        if (!type.isVariableWidth()) {
            RequestRules.checkByteSize(byteSize, type, shape, name, message.getId(), message.getModelName());
        }
    }

    private List<RequestedOutput> readOutputs() {
        int count = message.getOutputsCount();
        List<RequestedOutput> outputs = new ArrayList<>(count);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            InferRequestedOutputTensor output = message.getOutputs(i);
            if (!names.add(output.getName())) {
                throw V2Errors.repeatedOutput(output.getName());
            }
            Parameters parameters = output.getParametersCount() == 0
                    ? Parameters.NONE
                    : TensorParameters.ofOutput(output.getName(), output.getParametersMap());
            outputs.add(new RequestedOutput(output.getName(), parameters));
        }
        return outputs;
    }
}
