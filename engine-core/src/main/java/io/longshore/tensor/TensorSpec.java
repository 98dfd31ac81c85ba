package io.longshore.tensor;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A declared tensor: what name, datatype and dimensions a value must have. A dimension of {@link #ANY} accepts every
 * size.
 *
 * @param name the tensor's name
 * @param type its datatype
 * @param dims its dimensions, each at least 0 or {@link #ANY}
 */
public record TensorSpec(String name, DataType type, List<Long> dims) {
    /** A dimension that accepts every size. */
    public static final long ANY = -1;

    public TensorSpec {
        dims = List.copyOf(dims);
        for (long dim : dims) {
            if (dim < ANY) {
                throw new IllegalArgumentException(
                        "dimension of tensor '" + name + "' must be -1 or at least 0, got " + dim);
            }
        }
    }

    /** Whether a value of this shape is accepted. */
    public boolean accepts(Shape shape) {
        if (shape.rank() != dims.size()) {
            return false;
        }
        for (int axis = 0; axis < shape.rank(); axis++) {
            long dim = dims.get(axis);
            if (dim != ANY && dim != shape.dim(axis)) {
                return false;
            }
        }
        return true;
    }

    /** Whether no dimension is {@link #ANY}. */
    public boolean isFixed() {
        return !dims.contains(ANY);
    }

    /** The dimensions as messages show them: {@code [-1,16]}. */
    public String renderDims() {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }
}
