package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The runtime's tensors for requests of certain shapes that want certain outputs, over memory that stays: a request's
 * values are copied in and out. Not thread-safe.
 */
final class StagedTensors implements AutoCloseable {
    private final NativeTensors tensors;
    private final StagePlan plan;
    private final List<ByteBuffer> inputs = new ArrayList<>();
    private final List<ByteBuffer> outputs = new ArrayList<>();
    private final Map<String, OnnxTensor> inputsByName = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> outputsByName = new LinkedHashMap<>();

    /**
     * Makes the tensors.
     *
     * @param memory direct, of {@link StagePlan#CAPACITY} bytes, used by nobody else until the tensors are closed
     */
    StagedTensors(NativeTensors tensors, StagePlan plan, ByteBuffer memory) throws OrtException {
        this.tensors = tensors;
        this.plan = plan;
        try {
            open(plan.inputs(), memory, inputs, inputsByName);
            open(plan.outputs(), memory, outputs, outputsByName);
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether a request has these shapes and wants these outputs. */
    boolean fit(ExecutionItem item) {
        return plan.fits(item);
    }

    /** Copies a request's inputs to where the runtime reads them; they must fit. */
    Map<String, OnnxTensor> fill(List<Tensor> given) {
        for (int i = 0; i < inputs.size(); i++) {
            copy(given.get(i).buffer(), inputs.get(i));
        }
        return inputsByName;
    }

    /** Where the runtime writes the outputs. */
    Map<String, OnnxTensor> pinned() {
        return outputsByName;
    }

    /** Copies of what the runtime wrote, in the order of the wanted outputs; the caller owns them. */
    List<Tensor> collect() {
        List<Tensor> collected = new ArrayList<>(outputs.size());
        try {
            for (int i = 0; i < outputs.size(); i++) {
                collected.add(copyOf(plan.outputs().get(i), outputs.get(i)));
            }
            return collected;
        } catch (RuntimeException e) {
            collected.forEach(Tensor::release);
            throw e;
        }
    }

    @Override
    public void close() {
        inputsByName.values().forEach(OnnxTensor::close);
        outputsByName.values().forEach(OnnxTensor::close);
        inputsByName.clear();
        outputsByName.clear();
    }

    private void open(
            List<StagePlan.Place> places, ByteBuffer memory, List<ByteBuffer> bytes, Map<String, OnnxTensor> byName)
            throws OrtException {
        for (StagePlan.Place place : places) {
            ByteBuffer slice = memory.slice(place.start(), place.byteSize());
            bytes.add(slice);
            byName.put(place.name(), tensors.over(HostMemory.wrap(slice), place.shape(), place.type()));
        }
    }

    private Tensor copyOf(StagePlan.Place place, ByteBuffer bytes) {
        HostMemory copy = tensors.allocate(place.name(), place.shape(), place.type());
        copy(bytes, copy.buffer());
        return new Tensor(place.name(), place.type().dataType(), place.shape(), copy);
    }

    private static void copy(ByteBuffer from, ByteBuffer to) {
        to.put(0, from, 0, to.capacity());
    }
}
