package io.longshore.backend.onnxruntime;

import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run's outputs will measure, as far as that is known before it: fixed dimensions, dimensions whose symbol the
 * inputs give a size, and the batch dimension.
 */
final class OutputShapes {
    private static final long UNKNOWN = -1;

    private final Map<String, Long> symbols = new HashMap<>();
    private final long batchSize;

    private OutputShapes(long batchSize) {
        this.batchSize = batchSize;
    }

    /**
     * What a request's inputs tell.
     *
     * @param batched whether the first dimension of every tensor counts the rows of a batch
     */
    static OutputShapes of(List<Tensor> inputs, GraphSignature signature, boolean batched) {
        boolean hasBatch = batched && !inputs.isEmpty() && inputs.get(0).shape().rank() > 0;
        OutputShapes shapes = new OutputShapes(hasBatch ? inputs.get(0).shape().dim(0) : UNKNOWN);
        for (Tensor input : inputs) {
            GraphTensor declared = signature.input(input.name());
            if (declared != null
                    && declared.dims() != null
                    && declared.dims().size() == input.shape().rank()) {
                shapes.bind(declared.dims(), input.shape());
            }
        }
        return shapes;
    }

    /** The shape of an output, or empty where only the run will tell. */
    Optional<Shape> shapeOf(GraphTensor output) {
        List<GraphDim> dims = output.dims();
        if (dims == null) {
            return Optional.empty();
        }
        long[] sizes = new long[dims.size()];
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = sizeOf(dims.get(axis), axis);
            if (sizes[axis] == UNKNOWN) {
                return Optional.empty();
            }
        }
        return Optional.of(Shape.of(sizes));
    }

    private void bind(List<GraphDim> dims, Shape shape) {
        for (int axis = 0; axis < dims.size(); axis++) {
            String symbol = dims.get(axis).symbol();
            if (!symbol.isEmpty()) {
                // The runtime lets one symbol have two sizes; then it tells nothing.
                symbols.merge(symbol, shape.dim(axis), (a, b) -> a.equals(b) ? a : UNKNOWN);
            }
        }
    }

    private long sizeOf(GraphDim dim, int axis) {
        if (dim.isFixed()) {
            return dim.size();
        }
        return symbols.containsKey(dim.symbol()) ? symbols.get(dim.symbol()) : axis == 0 ? batchSize : UNKNOWN;
    }
}
