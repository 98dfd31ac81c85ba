package io.longshore.protocol.json;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.tensor.Shape;
import java.util.Arrays;

/**
 * Finds the shape of nested JSON arrays without reading their elements; what stands between brackets and commas counts as an
 * element, and whether it is one is left to whoever reads it. Not thread-safe; used once.
 */
public final class NestedShape {
    private static final int UNKNOWN = -1;

    private final byte[] in;
    private final int start;
    private final int end;
    private final int maxNesting;
    private final String input;
    /** By depth, 1 for the outermost array: the elements that the arrays there have, and those of the present one. */
    private int[] sizes = new int[8];

    private int[] counts = new int[8];
    private int depth;
    private int leafDepth = UNKNOWN;
    private int pos;

    private NestedShape(JsonText text, int from, String input) {
        this.in = text.bytes();
        this.start = text.start();
        this.end = text.end();
        this.maxNesting = text.maxNesting();
        this.input = input;
        this.pos = from;
        Arrays.fill(sizes, UNKNOWN);
    }

    /**
     * The shape of an array.
     *
     * @param from the position behind its opening bracket
     * @param input the tensor's name, for messages
     * @throws InferenceException INVALID_ARGUMENT if arrays at the same depth have different sizes, or there is no end
     */
    public static Shape of(JsonText text, int from, String input) {
        return new NestedShape(text, from, input).find();
    }

    private Shape find() {
        open();
        while (depth > 0) {
            switch (next()) {
                case '[' -> open();
                case ']' -> close();
                case ',' -> {}
                default -> element();
            }
        }
        int rank = leafDepth == UNKNOWN ? deepest() : leafDepth;
        long[] dims = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = sizes[axis + 1];
        }
        return Shape.of(dims);
    }

    /** Without any element: as deep as arrays were seen. */
    private int deepest() {
        int rank = 1;
        while (rank + 1 < sizes.length && sizes[rank + 1] != UNKNOWN) {
            rank++;
        }
        return rank;
    }

    private int next() {
        while (pos < end && in[pos] <= ' ' && in[pos] >= 0) {
            pos++;
        }
        if (pos >= end) {
            throw JsonFaults.truncated((long) end - start);
        }
        return in[pos++];
    }

    private void open() {
        if (depth == leafDepth) {
            throw uneven();
        }
        counts[depth]++;
        depth++;
        if (depth >= maxNesting) {
            throw JsonFaults.tooDeep(maxNesting);
        }
        if (depth == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * depth);
            Arrays.fill(sizes, depth, sizes.length, UNKNOWN);
            counts = Arrays.copyOf(counts, 2 * depth);
        }
        counts[depth] = 0;
    }

    private void close() {
        if (sizes[depth] == UNKNOWN) {
            sizes[depth] = counts[depth];
        } else if (sizes[depth] != counts[depth]) {
            throw uneven();
        }
        depth--;
    }

    private void element() {
        if (leafDepth == UNKNOWN) {
            leafDepth = depth;
        } else if (leafDepth != depth) {
            throw uneven();
        }
        counts[depth]++;
        pos--;
        skipElement();
    }

    /** Moves behind an element: a string, an object, or anything up to what may follow it. */
    private void skipElement() {
        int braces = 0;
        while (pos < end) {
            byte character = in[pos];
            if (character == '"') {
                skipString();
            } else if (braces == 0 && (character == ',' || character == ']' || character == '[')) {
                return;
            } else {
                braces += character == '{' ? 1 : character == '}' ? -1 : 0;
                pos++;
            }
        }
    }

    private void skipString() {
        pos++;
        while (pos < end && in[pos] != '"') {
            pos += in[pos] == '\\' ? 2 : 1;
        }
        pos++;
    }

    private InferenceException uneven() {
        return new InferenceException(
                ErrorCode.INVALID_ARGUMENT,
                "input '" + input + "' has arrays of different sizes at the same depth; a tensor has the same number of"
                        + " elements in each");
    }
}
