package io.longshore.demo;

import java.nio.FloatBuffer;

/** From the vectors of tokens to vectors of texts, and how close two of them are. */
final class TextVectors {
    private TextVectors() {}

    /**
     * The mean of each text's token vectors, padding left out: with token vectors h and mask m, sum(m h) / sum(m).
     *
     * @param hidden token vectors, rows by tokens by dimensions, row-major
     * @param mask 1 for a token, 0 in the padding, rows by tokens
     * @param tokens tokens of each row
     * @param dimensions numbers of each vector
     * @return one vector for each row; zero for a row without a token
     */
    static float[][] meanPool(FloatBuffer hidden, long[] mask, int tokens, int dimensions) {
        float[][] vectors = new float[mask.length / tokens][];
        for (int row = 0; row < vectors.length; row++) {
            vectors[row] = meanOfRow(hidden, mask, row * tokens, tokens, dimensions);
        }
        return vectors;
    }

    private static float[] meanOfRow(FloatBuffer hidden, long[] mask, int first, int tokens, int dimensions) {
        float[] sum = new float[dimensions];
        float[] token = new float[dimensions];
        int count = 0;
        for (int at = first; at < first + tokens; at++) {
            if (mask[at] != 0) {
                hidden.get(at * dimensions, token);
                for (int i = 0; i < dimensions; i++) {
                    sum[i] += token[i];
                }
                count++;
            }
        }
        for (int i = 0; i < dimensions && count > 0; i++) {
            sum[i] /= count;
        }
        return sum;
    }

    /** The cosine of the angle between two vectors of the same length, -1 to 1; 0 if one of them is zero. */
    static float cosine(float[] a, float[] b) {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squareA += (double) a[i] * a[i];
            squareB += (double) b[i] * b[i];
        }
        double lengths = Math.sqrt(squareA) * Math.sqrt(squareB);
        return lengths == 0 ? 0 : (float) Math.max(-1, Math.min(1, product / lengths));
    }
}
