package io.longshore.protocol.grpc;

import io.longshore.inference.InferenceRequest;
import io.longshore.inference.OutputRegions;
import io.longshore.inference.Parameters;
import io.longshore.inference.RegionLease;
import io.longshore.inference.RequestedOutput;
import io.longshore.inference.Ticker;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.longshore.protocol.rest.RegionPart;
import io.longshore.protocol.rest.RequestRules;
import io.longshore.protocol.rest.SharedTensors;
import io.longshore.protocol.rest.V2Errors;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** Makes a request out of a parsed message and its tensors. Not thread-safe; used once. */
final class InferMessageReader {
    private final ModelInferRequest message;
    private final Queue<HostMemory> raw;
    private final boolean isRaw;
    private final MemoryAllocator allocator;
    private final SharedTensors shared;
    private final List<Tensor> inputs;
    private Map<String, RegionLease> leases = Map.of();

    /**
     * A reader.
     *
     * @param message without its {@code raw_input_contents}
     * @param raw those; an entry that becomes an input is taken out together with its reference
     */
    InferMessageReader(
            ModelInferRequest message, Queue<HostMemory> raw, MemoryAllocator allocator, SharedTensors shared) {
        this.message = message;
        this.raw = raw;
        this.isRaw = !raw.isEmpty();
        this.allocator = allocator;
        this.shared = shared;
        this.inputs = new ArrayList<>(message.getInputsCount());
    }

    /** Reads the whole message; what was taken until a fault is released. */
    DecodedMessage read(Ticker ticker) {
        boolean complete = false;
        try {
            DecodedMessage decoded = readMessage(ticker);
            complete = true;
            return decoded;
        } finally {
            if (!complete) {
                inputs.forEach(Tensor::release);
                leases.values().forEach(RegionLease::release);
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
        return new DecodedMessage(request, OutputRegions.of(leases), parameters.emptyFinalResponse());
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
        RegionPart part = input.getParametersCount() == 0
                ? null
                : TensorParameters.region(input.getName(), input.getParametersMap());
        if (part != null) {
            readShared(input, part, type, shape);
        } else if (!input.hasContents()) {
            takeRaw(input.getName(), type, shape);
        } else if (isRaw) {
            throw MessageErrors.contentsAndRaw(input.getName(), message.getModelName());
        } else {
            layOut(input, type, shape);
        }
    }

    private void readShared(InferInputTensor input, RegionPart part, DataType type, Shape shape) {
        if (input.hasContents()) {
            throw MessageErrors.contentsAndRegion(input.getName(), message.getModelName());
        }
        inputs.add(shared.input(part, input.getName(), type, shape, message.getId(), message.getModelName()));
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
            outputs.add(new RequestedOutput(
                    output.getName(), output.getParametersCount() == 0 ? Parameters.NONE : readParameters(output)));
        }
        return outputs;
    }

    private Parameters readParameters(InferRequestedOutputTensor output) {
        RegionPart part = TensorParameters.region(output.getName(), output.getParametersMap());
        Parameters parameters = TensorParameters.ofOutput(part != null, output.getParametersMap());
        if (part != null) {
            if (leases.isEmpty()) {
                leases = new HashMap<>();
            }
            leases.put(output.getName(), shared.lease(part));
        }
        return parameters;
    }
}
