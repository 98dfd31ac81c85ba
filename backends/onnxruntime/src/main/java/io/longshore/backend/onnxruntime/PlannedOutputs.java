package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.Result;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The wanted outputs of one run: those of known shape are pinned to memory of ours, the runtime allocates the others. Not
 * thread-safe.
 */
final class PlannedOutputs implements AutoCloseable {
    private final NativeTensors tensors;
    private final List<GraphTensor> wanted;
    private final Map<String, Pinned> pinned = new LinkedHashMap<>();

    private PlannedOutputs(NativeTensors tensors, List<GraphTensor> wanted) {
        this.tensors = tensors;
        this.wanted = wanted;
    }

    /** Memory of ours and the runtime's view of it. */
    private record Pinned(Shape shape, HostMemory memory, OnnxTensor tensor) {}

    /** All outputs left to the runtime. */
    static PlannedOutputs unpinned(NativeTensors tensors, List<GraphTensor> wanted) {
        return new PlannedOutputs(tensors, wanted);
    }

    /** Outputs pinned where their shapes are known. */
    static PlannedOutputs pinned(NativeTensors tensors, List<GraphTensor> wanted, OutputShapes shapes)
            throws OrtException {
        PlannedOutputs outputs = new PlannedOutputs(tensors, wanted);
        try {
            for (GraphTensor output : wanted) {
                outputs.pin(output, shapes.shapeOf(output));
            }
            return outputs;
        } catch (OrtException | RuntimeException e) {
            outputs.close();
            throw e;
        }
    }

    /** The tensors that the runtime writes into, by output. */
    Map<String, OnnxTensor> pinnedTensors() {
        Map<String, OnnxTensor> byName = new LinkedHashMap<>();
        pinned.forEach((name, output) -> byName.put(name, output.tensor()));
        return byName;
    }

    /** The outputs that the runtime allocates. */
    Set<String> requested() {
        Set<String> names = new LinkedHashSet<>();
        for (GraphTensor output : wanted) {
            if (!pinned.containsKey(output.name())) {
                names.add(output.name());
            }
        }
        return names;
    }

    /** The tensors of a run, in the order they were wanted; the caller owns them. */
    List<Tensor> collect(Result result) throws OrtException {
        List<Tensor> collected = new ArrayList<>();
        try {
            for (GraphTensor output : wanted) {
                collected.add(collect(output, result));
            }
            return collected;
        } catch (OrtException | RuntimeException e) {
            collected.forEach(Tensor::release);
            throw e;
        }
    }

    @Override
    public void close() {
        for (Pinned output : pinned.values()) {
            output.tensor().close();
            output.memory().release();
        }
        pinned.clear();
    }

    private Tensor collect(GraphTensor output, Result result) throws OrtException {
        ElementType type = typeOf(output);
        Pinned own = pinned.get(output.name());
        if (own != null) {
            return new Tensor(
                    output.name(), type.dataType(), own.shape(), own.memory().retain());
        }
        OnnxTensor tensor = (OnnxTensor) result.get(output.name()).orElseThrow();
        return tensors.copyOf(output.name(), tensor, type);
    }

    private void pin(GraphTensor output, Optional<Shape> shape) throws OrtException {
        ElementType type = typeOf(output);
        if (shape.isEmpty() || !type.isPinnable()) {
            return;
        }
        HostMemory memory = tensors.allocate(output.name(), shape.get(), type);
        try {
            pinned.put(output.name(), new Pinned(shape.get(), memory, tensors.over(memory, shape.get(), type)));
        } catch (OrtException | RuntimeException e) {
            memory.release();
            throw e;
        }
    }

    private static ElementType typeOf(GraphTensor output) {
        ElementType type = output.type();
        if (type == null) {
            throw new IllegalStateException("output '" + output.name() + "' was loaded without a V2 datatype");
        }
        return type;
    }
}
