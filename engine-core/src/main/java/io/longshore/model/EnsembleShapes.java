package io.longshore.model;

import io.longshore.tensor.Shape;
import io.longshore.tensor.TensorSpec;
import java.util.List;

/**
 * The arithmetic of shapes between models of which some have a batch dimension and some have none.
 *
 * <p>Source: {@code ReshapeTensorDims} in {@code ensemble_scheduler.cc} of Triton's core.
 */
public final class EnsembleShapes {
    private EnsembleShapes() {}

    /**
     * The shape in which a tensor goes from one model to another: with a batch dimension of 1 in front where only the taker
     * batches and the tensor is one of its rows, without one where only the giver batches and the tensor is a single row.
     *
     * @param dims what the taker declares, without the batch dimension
     * @param batched whether the taker batches
     * @param wasBatched whether the giver does
     */
    public static Shape taken(Shape shape, List<Long> dims, boolean batched, boolean wasBatched) {
        List<Long> actual = dimsOf(shape);
        if (batched && !wasBatched && mayBeEqual(dims, actual)) {
            long[] row = new long[shape.rank() + 1];
            row[0] = 1;
            for (int axis = 0; axis < shape.rank(); axis++) {
                row[axis + 1] = shape.dim(axis);
            }
            return Shape.of(row);
        }
        if (!batched && wasBatched && !mayBeEqual(dims, actual) && shape.rank() > 0 && shape.dim(0) == 1) {
            return Shape.of(actual.stream().skip(1).mapToLong(Long::longValue).toArray());
        }
        return shape;
    }

    private static List<Long> dimsOf(Shape shape) {
        Long[] dims = new Long[shape.rank()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = shape.dim(axis);
        }
        return List.of(dims);
    }

    /** Whether a shape could fit both; {@link TensorSpec#ANY} fits everything. */
    static boolean mayBeEqual(List<Long> some, List<Long> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int axis = 0; axis < some.size(); axis++) {
            long one = some.get(axis);
            long other = others.get(axis);
            if (one != other && one != TensorSpec.ANY && other != TensorSpec.ANY) {
                return false;
            }
        }
        return true;
    }
}
