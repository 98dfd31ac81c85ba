package io.longshore.schedule;

import java.util.Arrays;

/** Least squares with coefficients of zero or more, from the sums of products. Pure. */
final class LeastSquares {
    private LeastSquares() {}

    /**
     * The coefficients. Those that would be below zero are left out one after the other, the worst first, which is not always the
     * best solution and always a good one.
     *
     * @param products the sum over all samples of the product of each two terms
     * @param results the sum of the product of each term and what was measured
     * @param stiffness how much each term is held back, in relation to its own sum; where terms cannot be told apart,
     *     those that are held back less take it all
     */
    static double[] nonNegative(double[][] products, double[] results, double[] stiffness) {
        boolean[] used = new boolean[results.length];
        for (int i = 0; i < used.length; i++) {
            used[i] = products[i][i] > 0;
        }
        while (true) {
            double[] scaled = solve(products, results, stiffness, used);
            int worst = 0;
            for (int i = 1; i < scaled.length; i++) {
                worst = scaled[i] < scaled[worst] ? i : worst;
            }
            if (scaled[worst] >= 0) {
                return unscaled(scaled, products);
            }
            used[worst] = false;
        }
    }

    /** Each term in units of its own length, so that sizes of very different magnitude do not lose digits to each other. */
    private static double[] solve(double[][] products, double[] results, double[] stiffness, boolean[] used) {
        int count = results.length;
        double[][] rows = new double[count][count + 1];
        for (int i = 0; i < count; i++) {
            rows[i][i] = 1;
            if (used[i]) {
                for (int j = 0; j < count; j++) {
                    rows[i][j] = used[j] ? products[i][j] / Math.sqrt(products[i][i] * products[j][j]) : 0;
                }
                rows[i][i] += stiffness[i];
                rows[i][count] = results[i] / Math.sqrt(products[i][i]);
            }
        }
        return eliminated(rows);
    }

    /** Gauss's elimination; the matrix is positive definite, so no row has to change its place. */
    private static double[] eliminated(double[][] rows) {
        int count = rows.length;
        for (int pivot = 0; pivot < count; pivot++) {
            for (int i = 0; i < count; i++) {
                if (i != pivot) {
                    double factor = rows[i][pivot] / rows[pivot][pivot];
                    for (int j = pivot; j <= count; j++) {
                        rows[i][j] -= factor * rows[pivot][j];
                    }
                }
            }
        }
        double[] solution = new double[count];
        Arrays.setAll(solution, i -> rows[i][count] / rows[i][i]);
        return solution;
    }

    private static double[] unscaled(double[] scaled, double[][] products) {
        double[] solution = new double[scaled.length];
        Arrays.setAll(solution, i -> products[i][i] > 0 ? scaled[i] / Math.sqrt(products[i][i]) : 0);
        return solution;
    }
}
