package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReshapeTest {
    @Test
    void emptyDims_makeABatchOfScalars() {
        assertThat(Reshape.shape(Shape.of(4, 1), List.of(), List.of(1L), true)).isEqualTo(Shape.of(4));
        assertThat(Reshape.shape(Shape.of(1), List.of(), List.of(1L), false)).isEqualTo(Shape.of());
    }

    @Test
    void sizesOfAnyDimensions_moveInOrder() {
        assertThat(Reshape.shape(Shape.of(2, 3, 7, 5), List.of(-1L, 7L, 1L, -1L), List.of(-1L, 7L, -1L), true))
                .isEqualTo(Shape.of(2, 3, 7, 1, 5));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void thereAndBack_keepsShapeAndElements(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<Long> dims = new ArrayList<>();
            for (int n = random.nextInt(5); n > 0; n--) {
                dims.add(random.nextInt(3) == 0 ? -1L : 1L + random.nextInt(4));
            }
            List<Long> other = rearranged(dims, random);
            boolean batched = random.nextBoolean();
            Shape actual = anyShape(dims, batched, random);

            Shape there = Reshape.shape(actual, other, dims, batched);

            String seen = "seed " + seed + ": " + dims + " as " + other;
            assertThat(there.elementCount()).as(seen).isEqualTo(actual.elementCount());
            assertThat(Reshape.shape(there, dims, other, batched)).as(seen).isEqualTo(actual);
        }
    }

    /** The fixed dimensions shuffled among those of any size, with ones thrown in. */
    private static List<Long> rearranged(List<Long> dims, Random random) {
        List<Long> other = new ArrayList<>(dims);
        Collections.shuffle(other, random);
        for (int n = random.nextInt(3); n > 0; n--) {
            other.add(random.nextInt(other.size() + 1), 1L);
        }
        return other;
    }

    private static Shape anyShape(List<Long> dims, boolean batched, Random random) {
        Shape shape = Shape.of(dims.stream()
                .mapToLong(dim -> dim < 0 ? random.nextInt(5) : dim)
                .toArray());
        return batched ? shape.prepend(1 + random.nextInt(8)) : shape;
    }
}
