package io.longshore.lifecycle;

import static java.util.Objects.requireNonNull;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.Reshape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives outputs the dimensions that clients were told where a configuration's {@code reshape} says the model has others. */
final class OutputReshape {
    private final Map<String, ModelOutput> reshaped = new HashMap<>();
    private final boolean batched;

    OutputReshape(ModelConfig config) {
        this.batched = config.isBatched();
        for (ModelOutput output : config.outputs()) {
            if (output.reshape() != null) {
                reshaped.put(output.name(), output);
            }
        }
    }

    /**
     * The same tensors, reshaped where need be; the references move over.
     *
     * @throws IllegalArgumentException if a tensor does not fit; all references are ended then
     */
    List<Tensor> apply(List<Tensor> outputs) {
        if (reshaped.isEmpty()) {
            return outputs;
        }
        List<Tensor> shaped = new ArrayList<>(outputs.size());
        try {
            for (Tensor output : outputs) {
                shaped.add(view(output));
            }
        } catch (RuntimeException e) {
            shaped.forEach(Tensor::release);
            throw new IllegalArgumentException(e.getMessage(), e);
        } finally {
            outputs.forEach(Tensor::release);
        }
        return shaped;
    }

    /** The tensor as callers know it, as a reference of its own. */
    private Tensor view(Tensor output) {
        ModelOutput declared = reshaped.get(output.name());
        if (declared == null) {
            return output.retain();
        }
        if (!produced(declared).accepts(output.shape())) {
            throw new IllegalArgumentException("output '" + output.name() + "' has shape " + output.shape()
                    + ", expected " + produced(declared).renderDims());
        }
        return output.reshaped(
                Reshape.shape(output.shape(), declared.dims(), requireNonNull(declared.reshape()), batched));
    }

    private TensorSpec produced(ModelOutput declared) {
        List<Long> dims = requireNonNull(declared.reshape());
        return new ModelOutput(declared.name(), declared.type(), dims, null, null).responseSpec(batched);
    }
}
