package io.longshore.backend.onnxruntime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input or output as a model declares it.
 *
 * @param name its name
 * @param type its element type; null where V2 has none for it
 * @param typeName what the model calls its type, for messages
 * @param dims its dimensions; null where the model says nothing about them, not even how many there are
 */
record GraphTensor(
        String name,
        @Nullable ElementType type,
        String typeName,
        @Nullable List<GraphDim> dims) {
    GraphTensor {
        dims = dims == null ? null : List.copyOf(dims);
    }

    /** Whether the first dimension takes any size, so that it may count requests. */
    boolean hasOpenFirstDim() {
        return dims != null && !dims.isEmpty() && !dims.get(0).isFixed();
    }

    /** The name of the first dimension; empty where it has none. */
    String firstSymbol() {
        return dims == null || dims.isEmpty() ? "" : dims.get(0).symbol();
    }

    /** The sizes of the dimensions, -1 where any is accepted; empty where the model says nothing. */
    List<Long> sizes() {
        return dims == null ? List.of() : dims.stream().map(GraphDim::size).toList();
    }
}
