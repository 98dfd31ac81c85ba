package io.longshore.backend.onnxruntime;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a model and what comes out.
 *
 * @param inputs the inputs that a run must bring, in the model's order
 * @param outputs the outputs, in the model's order
 */
record GraphSignature(List<GraphTensor> inputs, List<GraphTensor> outputs) {
    GraphSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Whether the number of dimensions of every tensor is known. */
    boolean isComplete() {
        return Stream.concat(inputs.stream(), outputs.stream()).allMatch(tensor -> tensor.dims() != null);
    }

    /**
     * Whether every tensor's first dimension takes any size, so that requests can be stacked along it. Inputs that give
     * it different names cannot: they may differ in size.
     */
    boolean isBatchable() {
        return Stream.concat(inputs.stream(), outputs.stream()).allMatch(GraphTensor::hasOpenFirstDim)
                && inputs.stream()
                                .map(GraphTensor::firstSymbol)
                                .filter(symbol -> !symbol.isEmpty())
                                .distinct()
                                .count()
                        <= 1;
    }

    /** This signature with what the other knows where this one knows no dimensions. */
    GraphSignature completedBy(GraphSignature other) {
        return new GraphSignature(merge(inputs, other.inputs), merge(outputs, other.outputs));
    }

    /** The input of this name, or null. */
    @Nullable
    GraphTensor input(String name) {
        return find(inputs, name);
    }

    /** The output of this name, or null. */
    @Nullable
    GraphTensor output(String name) {
        return find(outputs, name);
    }

    private static List<GraphTensor> merge(List<GraphTensor> known, List<GraphTensor> other) {
        return known.stream()
                .map(tensor -> tensor.dims() != null ? tensor : orElse(find(other, tensor.name()), tensor))
                .toList();
    }

    private static GraphTensor orElse(@Nullable GraphTensor tensor, GraphTensor otherwise) {
        return tensor == null ? otherwise : tensor;
    }

    private static @Nullable GraphTensor find(List<GraphTensor> tensors, String name) {
        for (GraphTensor tensor : tensors) {
            if (tensor.name().equals(name)) {
                return tensor;
            }
        }
        return null;
    }
}
