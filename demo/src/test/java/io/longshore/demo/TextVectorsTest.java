package io.longshore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TextVectorsTest {
    @Test
    void padding_isLeftOutOfTheMean() {
        FloatBuffer hidden = FloatBuffer.wrap(new float[] {1, 2, 3, 4, 100, 100, 5, 6, 100, 100, 100, 100});

        float[][] vectors = TextVectors.meanPool(hidden, new long[] {1, 1, 0, 1, 0, 0}, 3, 2);

        assertThat(vectors).isDeepEqualTo(new float[][] {{2, 3}, {5, 6}});
    }

    @Test
    void rowWithoutToken_isZero() {
        float[][] vectors = TextVectors.meanPool(FloatBuffer.wrap(new float[] {7, 8}), new long[] {0}, 1, 2);

        assertThat(vectors).isDeepEqualTo(new float[][] {{0, 0}});
        assertThat(TextVectors.cosine(vectors[0], new float[] {1, 1})).isZero();
    }

    @Test
    void cosine_ofKnownAngles() {
        float[] right = {1, 0};

        assertThat(TextVectors.cosine(right, new float[] {0, 3})).isZero();
        assertThat(TextVectors.cosine(right, new float[] {-2, 0})).isEqualTo(-1);
        assertThat(TextVectors.cosine(right, new float[] {1, 1})).isCloseTo((float) Math.sqrt(0.5), within(1e-7f));
    }

    @RepeatedTest(50)
    void cosine_isSymmetricBoundedAndBlindToLength(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        float[] a = vector(random);
        float[] b = vector(random);
        float[] longer = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            longer[i] = 3 * a[i];
        }

        float cosine = TextVectors.cosine(a, b);

        assertThat(cosine)
                .as("seed %d", repetition.getCurrentRepetition())
                .isBetween(-1f, 1f)
                .isEqualTo(TextVectors.cosine(b, a))
                .isCloseTo(TextVectors.cosine(longer, b), within(1e-6f));
        assertThat(TextVectors.cosine(a, a)).isCloseTo(1f, within(1e-6f));
    }

    private static float[] vector(Random random) {
        float[] vector = new float[384];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = random.nextFloat() - 0.5f;
        }
        return vector;
    }
}
