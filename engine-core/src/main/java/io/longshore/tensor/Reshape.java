package io.longshore.tensor;

import java.util.List;

/** The arithmetic of a configuration's {@code reshape}. */
public final class Reshape {
    private Reshape() {}

    /**
     * The shape that an actual one takes under other declared dimensions: the batch dimension stays, and dimensions of any
     * size get the sizes that are left, in order.
     *
     * @param actual a shape that fits the dimensions declared on the other side
     * @param dims the dimensions to take, without the batch dimension
     * @param otherDims the dimensions that {@code actual} was declared with, without the batch dimension
     */
    public static Shape shape(Shape actual, List<Long> dims, List<Long> otherDims, boolean batched) {
        int offset = batched ? 1 : 0;
        long[] result = new long[dims.size() + offset];
        if (batched) {
            result[0] = actual.dim(0);
        }
        int from = 0;
        for (int axis = 0; axis < dims.size(); axis++) {
            long dim = dims.get(axis);
            if (dim == TensorSpec.ANY) {
                while (otherDims.get(from) != TensorSpec.ANY) {
                    from++;
                }
                dim = actual.dim(from++ + offset);
            }
            result[axis + offset] = dim;
        }
        return Shape.of(result);
    }
}
