package io.longshore.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The dimensions of a tensor: immutable, each zero or more, with a product that fits into a {@code long}. A scalar has
 * rank 0 and one element.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0], 1);

    private final long[] dims;
    private final long elementCount;

    private Shape(long[] dims, long elementCount) {
        this.dims = dims;
        this.elementCount = elementCount;
    }

    /**
     * A shape of the given dimensions.
     *
     * @throws IllegalArgumentException if a dimension is negative, or the element count exceeds {@link Long#MAX_VALUE}
     */
    public static Shape of(long... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone(), checkedProduct(dims));
    }

    private static long checkedProduct(long[] dims) {
        long smallest = 1;
        for (long dim : dims) {
            smallest = Math.min(smallest, dim);
        }
        if (smallest < 0) {
            throw new IllegalArgumentException("shape " + render(dims) + " contains one or more invalid dimensions");
        }
        // A zero makes the tensor empty, however large its other dimensions are.
        return smallest == 0 ? 0 : productOfPositive(dims);
    }

    private static long productOfPositive(long[] dims) {
        long product = 1;
        for (long dim : dims) {
            if (product > Long.MAX_VALUE / dim) {
                throw new IllegalArgumentException("shape " + render(dims)
                        + " causes total element count to exceed maximum size of " + Long.MAX_VALUE);
            }
            product *= dim;
        }
        return product;
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** The size of dimension {@code axis}, counted from 0. */
    public long dim(int axis) {
        return dims[axis];
    }

    /** The product of all dimensions; 1 for a scalar. */
    public long elementCount() {
        return elementCount;
    }

    /** A copy of the dimensions. */
    public long[] toArray() {
        return dims.clone();
    }

    /**
     * The dimensions without the first, as one row of a batch has them.
     *
     * @throws IllegalArgumentException for a scalar, which has no first, and if only that first was the zero which kept
     *     the element count in bounds
     */
    public Shape withoutFirst() {
        if (dims.length == 0) {
            throw new IllegalArgumentException("a scalar has no first dimension");
        }
        return of(Arrays.copyOfRange(dims, 1, dims.length));
    }

    /**
     * These dimensions with another size of one.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public Shape withDim(int axis, long size) {
        long[] others = dims.clone();
        others[axis] = size;
        return of(others);
    }

    /**
     * These dimensions behind {@code first}.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public Shape prepend(long first) {
        long[] more = new long[dims.length + 1];
        more[0] = first;
        System.arraycopy(dims, 0, more, 1, dims.length);
        return of(more);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dims, that.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** The dimensions as messages and logs show them: {@code [1,16]}. */
    @Override
    public String toString() {
        return render(dims);
    }

    static String render(long[] dims) {
        return Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining(",", "[", "]"));
    }
}
