package io.longshore.backend.onnxruntime;

/**
 * A dimension of a graph's input or output.
 *
 * @param size its size, or -1 where any is accepted
 * @param symbol its name, or empty; dimensions of one name have one size within a run
 */
record GraphDim(long size, String symbol) {
    /** Whether the size is the same in every run. */
    boolean isFixed() {
        return size >= 0;
    }
}
