package io.longshore.schedule;

import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.PadValue;
import io.longshore.model.Padding;
import io.longshore.tensor.Tensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors of a model that may be padded and cut back, and to which lengths. Immutable. */
final class PaddedTensors {
    private final Map<String, PaddedInput> inputs = new HashMap<>();
    private final Map<String, CroppedOutput> outputs = new HashMap<>();
    private final LengthBuckets buckets;

    private PaddedTensors(ModelConfig config, Padding padding) {
        for (ModelInput input : config.inputs()) {
            String value = padding.values().get(input.name());
            if (value != null) {
                byte[] bytes = PadValue.bytes(input.type(), value).orElseThrow();
                inputs.put(input.name(), new PaddedInput(axis(input.backendDims()), bytes));
            }
        }
        for (ModelOutput output : config.outputs()) {
            if (padding.crops(output)) {
                outputs.put(output.name(), new CroppedOutput(axis(output.backendDims())));
            }
        }
        this.buckets = new LengthBuckets(padding.buckets());
    }

    private static int axis(List<Long> dims) {
        return 1 + dims.indexOf(-1L);
    }

    /** Those of a configuration; null where it asks for no padding. */
    static @Nullable PaddedTensors of(ModelConfig config) {
        Padding padding = config.dynamicBatching().map(DynamicBatching::padding).orElse(null);
        return padding == null ? null : new PaddedTensors(config, padding);
    }

    /** How an input is padded; null where it is not. */
    @Nullable
    PaddedInput input(String name) {
        return inputs.get(name);
    }

    /** How an output is cut back; null where it is not. */
    @Nullable
    CroppedOutput output(String name) {
        return outputs.get(name);
    }

    /** The length that all inputs of a request have which may be padded; 0 where they differ or one has none. */
    long length(List<Tensor> given) {
        long length = 0;
        for (Tensor tensor : given) {
            PaddedInput input = inputs.get(tensor.name());
            if (input != null) {
                long own = input.length(tensor);
                if (own == 0 || (length != 0 && own != length)) {
                    return 0;
                }
                length = own;
            }
        }
        return length;
    }

    /** The lengths that batches are padded to. */
    LengthBuckets buckets() {
        return buckets;
    }

    /** The lengths of requests that run together; null where nothing is to be padded. */
    @Nullable
    BatchLengths lengths(List<List<Tensor>> items) {
        List<Long> each = items.stream().map(this::length).toList();
        long shortest = Collections.min(each);
        long longest = Collections.max(each);
        return shortest == longest ? null : new BatchLengths(each, buckets.padded(shortest, longest));
    }
}
