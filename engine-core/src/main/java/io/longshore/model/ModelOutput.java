package io.longshore.model;

import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A declared output of a model.
 *
 * @param name the tensor's name
 * @param type its datatype
 * @param dims its dimensions without the batch dimension; -1 = any size
 * @param reshape the dimensions that the backend produces instead of {@code dims}, or null where they are the same
 * @param labelFilename the file with a label for each index, relative to the model's folder; null = no labels
 */
public record ModelOutput(
        String name,
        DataType type,
        List<Long> dims,
        @Nullable List<Long> reshape,
        @Nullable String labelFilename) {
    public ModelOutput {
        dims = List.copyOf(dims);
        reshape = reshape == null ? null : List.copyOf(reshape);
    }

    /** An output that is not reshaped and has no labels. */
    public static ModelOutput of(String name, DataType type, Long... dims) {
        return new ModelOutput(name, type, List.of(dims), null, null);
    }

    /** The dimensions that the backend produces, without the batch dimension. */
    public List<Long> backendDims() {
        return reshape == null ? dims : reshape;
    }

    /** What a response brings: the dimensions behind a batch dimension where {@code batched}. */
    public TensorSpec responseSpec(boolean batched) {
        return new TensorSpec(name, type, withBatch(dims, batched));
    }

    static List<Long> withBatch(List<Long> dims, boolean batched) {
        if (!batched) {
            return dims;
        }
        List<Long> all = new ArrayList<>(dims.size() + 1);
        all.add(TensorSpec.ANY);
        all.addAll(dims);
        return all;
    }
}
