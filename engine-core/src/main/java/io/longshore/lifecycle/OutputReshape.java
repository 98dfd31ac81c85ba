package io.longshore.lifecycle;

import static java.util.Objects.requireNonNull;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.Reshape;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
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

    /** The same tensors, reshaped where need be; the references move over. */
    List<Tensor> apply(List<Tensor> outputs) {
        if (reshaped.isEmpty()) {
            return outputs;
        }
        List<Tensor> shaped = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            ModelOutput declared = reshaped.get(output.name());
            shaped.add(declared == null ? output : reshape(output, declared));
        }
        return shaped;
    }

    private Tensor reshape(Tensor output, ModelOutput declared) {
        Shape shape = Reshape.shape(output.shape(), declared.dims(), requireNonNull(declared.reshape()), batched);
        Tensor result = output.reshaped(shape);
        output.release();
        return result;
    }
}
