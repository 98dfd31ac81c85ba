package io.longshore.model;

import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A declared input of a model.
 *
 * @param name the tensor's name
 * @param type its datatype
 * @param dims its dimensions without the batch dimension; -1 = any size
 * @param reshape the dimensions that the backend gets instead of {@code dims}, or null where they are the same
 * @param optional whether a request may leave it out
 */
public record ModelInput(
        String name,
        DataType type,
        List<Long> dims,
        @Nullable List<Long> reshape,
        boolean optional) {
    public ModelInput {
        dims = List.copyOf(dims);
        reshape = reshape == null ? null : List.copyOf(reshape);
    }

    /** An input that is required and not reshaped. */
    public static ModelInput of(String name, DataType type, Long... dims) {
        return new ModelInput(name, type, List.of(dims), null, false);
    }

    /** The dimensions that the backend gets, without the batch dimension. */
    public List<Long> backendDims() {
        return reshape == null ? dims : reshape;
    }

    /** What a request must bring: the dimensions behind a batch dimension where {@code batched}. */
    public TensorSpec requestSpec(boolean batched) {
        return new TensorSpec(name, type, ModelOutput.withBatch(dims, batched));
    }
}
