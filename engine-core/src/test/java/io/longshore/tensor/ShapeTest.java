package io.longshore.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    @Test
    void scalar_hasOneElement() {
        assertThat(Shape.of().elementCount()).isEqualTo(1);
        assertThat(Shape.of().rank()).isZero();
        assertThat(Shape.of()).hasToString("[]");
    }

    @Test
    void zeroDimension_makesItEmptyHoweverLargeTheOthersAre() {
        Shape shape = Shape.of(Long.MAX_VALUE, 0, Long.MAX_VALUE);

        assertThat(shape.elementCount()).isZero();
        assertThat(Tensor.byteSizeOf("X", DataType.FP64, shape)).isZero();
    }

    @Test
    void negativeDimension_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shape.of(2, -1))
                .withMessage("shape [2,-1] contains one or more invalid dimensions");
    }

    @Test
    void tooManyElements_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shape.of(Long.MAX_VALUE, 2))
                .withMessage("shape [9223372036854775807,2] causes total element count to exceed maximum size of"
                        + " 9223372036854775807");
    }

    @Test
    void tooManyBytes_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.byteSizeOf("X", DataType.FP32, Shape.of(Long.MAX_VALUE / 2)))
                .withMessageContaining("byte size overflow for input 'X'");
    }

    @Test
    void scalarWithoutFirst_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of().withoutFirst());
    }

    @Test
    void arrayGivenOrTaken_doesNotChangeTheShape() {
        long[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.toArray()[1] = 9;

        assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(shape.withoutFirst().prepend(2)).isEqualTo(shape);
    }

    @Test
    void anotherSizeOfOneDimension_leavesTheOthersAndTheShapeItself() {
        Shape shape = Shape.of(2, 3, 4);

        assertThat(shape.withDim(1, 7)).isEqualTo(Shape.of(2, 7, 4));
        assertThat(shape.withDim(2, 0).elementCount()).isZero();
        assertThat(shape).isEqualTo(Shape.of(2, 3, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> shape.withDim(0, -1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void elementCount_isTheExactProductOrRefused(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            long[] dims = random.longs(random.nextInt(6), 0, Long.MAX_VALUE)
                    .map(dim -> dim >>> random.nextInt(64))
                    .toArray();
            BigInteger product = BigInteger.ONE;
            for (long dim : dims) {
                product = product.multiply(BigInteger.valueOf(dim));
            }
            String seen = "seed " + seed + " round " + round;
            if (product.bitLength() <= 63) {
                assertThat(Shape.of(dims).elementCount()).as(seen).isEqualTo(product.longValueExact());
            } else {
                assertThatIllegalArgumentException().as(seen).isThrownBy(() -> Shape.of(dims));
            }
        }
    }
}
