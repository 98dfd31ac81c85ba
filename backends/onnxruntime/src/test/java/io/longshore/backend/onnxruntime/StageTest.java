package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;
import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxModels;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageTest {
    @TempDir
    private Path folder;

    @Test
    void execute_shapesAndOutputsInAnyOrder_givesEachRequestItsOwnAnswer() throws Exception {
        Random random = new Random(11);
        List<Expected> all = new ArrayList<>();
        try (Harness harness = Harness.of(OnnxModels.simple(), folder)) {
            for (int round = 0; round < 200; round++) {
                // Up to 300 rows: those above 85 do not fit in the instance's memory.
                int rows = 1 + random.nextInt(random.nextBoolean() ? 2 : 300);
                List<String> wanted = random.nextBoolean() ? List.of("OUTPUT0", "OUTPUT1") : List.of("OUTPUT1");
                int[] first = random.ints(rows * 16L).toArray();
                int[] second = random.ints(rows * 16L).toArray();
                RecordingItem item = harness.run(
                        wanted,
                        Tensors.ofInts(harness.inputs, "INPUT0", Shape.of(rows, 16), first),
                        Tensors.ofInts(harness.inputs, "INPUT1", Shape.of(rows, 16), second));
                all.add(new Expected(item, wanted, List.of(first, second)));
            }

            // Only now, so that an answer which a later request wrote over would be seen.
            all.forEach(Expected::check);
            assertThat(harness.outputs.inUse()).isZero();
            assertThat(harness.inputs.live()).isZero();
        }
    }

    /** An answer with what it must be. */
    private record Expected(RecordingItem item, List<String> wanted, List<int[]> inputs) {
        void check() {
            assertThat(item.answer()).extracting(Tensor::name).isEqualTo(wanted);
            for (Tensor output : item.answer()) {
                assertThat(Tensors.ints(output)).isEqualTo(values(output.name()));
            }
            item.release();
        }

        private int[] values(String output) {
            int sign = output.equals("OUTPUT0") ? 1 : -1;
            return IntStream.range(0, inputs.get(0).length)
                    .map(i -> inputs.get(0)[i] + sign * inputs.get(1)[i])
                    .toArray();
        }
    }

    @Test
    void execute_sameSizeOfAnotherShape_keepsTheRequestsShape() throws Exception {
        try (Harness harness = Harness.of(OnnxModels.identity(ElementType.INT32, dim("N"), dim("M")), folder)) {
            for (Shape shape : List.of(Shape.of(2, 3), Shape.of(3, 2), Shape.of(6, 1), Shape.of(2, 3))) {
                Tensor output = harness.output(Tensors.ofInts(harness.inputs, "INPUT0", shape, 1, 2, 3, 4, 5, 6));

                assertThat(output.shape()).isEqualTo(shape);
                assertThat(Tensors.ints(output)).containsExactly(1, 2, 3, 4, 5, 6);
            }
        }
    }
}
