package io.longshore.lifecycle;

import io.longshore.model.ModelWarmup;
import io.longshore.tensor.Tensor;
import java.util.List;

/**
 * A warm-up sample with its tensors, as the backend expects them.
 *
 * @param warmup what it is made of
 * @param inputs one reference each
 */
record WarmupSample(ModelWarmup warmup, List<Tensor> inputs) {
    WarmupSample {
        inputs = List.copyOf(inputs);
    }

    /** Further references to the inputs, for one run. */
    List<Tensor> retained() {
        return inputs.stream().map(Tensor::retain).toList();
    }

    void release() {
        inputs.forEach(Tensor::release);
    }
}
