package io.longshore.backend.onnxruntime;

import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the tensors of like requests lie in an instance's memory for small tensors. Immutable.
 *
 * @param inputs in the order of the requests
 * @param outputs the wanted ones, in the order in which they are wanted
 * @param outputNames their names
 */
record StagePlan(List<Place> inputs, List<Place> outputs, List<String> outputNames) {
    /** Bytes for all inputs and outputs of a request. */
    static final int CAPACITY = 1 << 14;

    /** Where a tensor may begin, so that the runtime's vector instructions find it aligned. */
    private static final int ALIGNMENT = 64;

    /** The bytes of one tensor. */
    record Place(String name, ElementType type, Shape shape, int start, int byteSize) {
        private boolean fits(Tensor input) {
            return type.dataType() == input.type() && shape.equals(input.shape()) && name.equals(input.name());
        }
    }

    /**
     * The plan for requests like this one, or null where they are too large, hold texts, or want an output whose shape
     * only the run tells.
     */
    static @Nullable StagePlan of(ExecutionItem item, GraphSignature signature, boolean batched) {
        Layout layout = new Layout();
        List<Place> inputs = new ArrayList<>();
        for (Tensor input : item.inputs()) {
            if (!layout.add(input.name(), ElementType.of(input.type()), input.shape(), inputs)) {
                return null;
            }
        }
        List<Place> outputs = new ArrayList<>();
        OutputShapes shapes = OutputShapes.of(item.inputs(), signature, batched);
        for (String name : item.outputs()) {
            GraphTensor output = signature.output(name);
            Optional<Shape> shape = output == null ? Optional.empty() : shapes.shapeOf(output);
            if (output == null || shape.isEmpty() || !layout.add(name, output.type(), shape.get(), outputs)) {
                return null;
            }
        }
        return new StagePlan(inputs, outputs, item.outputs());
    }

    /** Whether a request has these shapes and wants these outputs. */
    boolean fits(ExecutionItem item) {
        List<Tensor> given = item.inputs();
        if (given.size() != inputs.size() || !outputNames.equals(item.outputs())) {
            return false;
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (!inputs.get(i).fits(given.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Hands out places one after the other. */
    private static final class Layout {
        private int end;

        /** Adds a tensor's place; false where it cannot have one. */
        boolean add(String name, @Nullable ElementType type, Shape shape, List<Place> places) {
            int start = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            if (type == null || !type.isPinnable() || !hasRoom(start, shape, type)) {
                return false;
            }
            int byteSize = (int) shape.elementCount() * type.dataType().byteWidth();
            places.add(new Place(name, type, shape, start, byteSize));
            end = start + byteSize;
            return true;
        }

        /** Whether a tensor fits behind {@code start}; one without elements has no place of its own. */
        private static boolean hasRoom(int start, Shape shape, ElementType type) {
            int room = (CAPACITY - start) / type.dataType().byteWidth();
            return shape.elementCount() > 0 && shape.elementCount() <= room;
        }
    }
}
