package io.longshore.schedule;

import io.longshore.tensor.DataType;
import java.nio.ByteBuffer;

/**
 * Finds the largest elements of a row without sorting the others: a heap holds the best so far, its worst on top. Of equal
 * elements the earlier one counts as larger; zeros are equal whatever their sign, and NaN is smaller than every number.
 * Not thread-safe; used once.
 */
final class LargestElements {
    private final long[] keys;
    private final int[] heap;
    private int size;

    private LargestElements(long[] keys, int wanted) {
        this.keys = keys;
        this.heap = new int[wanted];
    }

    /**
     * The positions in the row of its largest elements, the largest first.
     *
     * @param data little-endian; the row starts with element {@code first}
     * @param type one of fixed width that has an order: integers, FP32 and FP64
     * @param count elements of the row
     * @param wanted positions to give, at most {@code count}
     */
    static int[] positions(ByteBuffer data, DataType type, int first, int count, int wanted) {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(data, type, first + i);
        }
        LargestElements largest = new LargestElements(keys, wanted);
        for (int i = 0; i < count && wanted > 0; i++) {
            largest.offer(i);
        }
        return largest.descending();
    }

    /** A number that is in the same order as the elements are. */
    private static long key(ByteBuffer data, DataType type, int position) {
        return switch (type) {
            case FP32 -> key(data.getFloat(position * Float.BYTES));
            case FP64 -> key(data.getDouble(position * Double.BYTES));
            case UINT64 -> data.getLong(position * Long.BYTES) ^ Long.MIN_VALUE;
            default -> Elements.integer(data, type, position);
        };
    }

    /** Every float has its place among the doubles. */
    private static long key(double value) {
        if (Double.isNaN(value)) {
            return Long.MIN_VALUE;
        }
        // Adding a zero makes the negative zero a positive one.
        long bits = Double.doubleToRawLongBits(value + 0.0);
        return bits >= 0 ? bits : bits ^ Long.MAX_VALUE;
    }

    private void offer(int position) {
        if (size < heap.length) {
            heap[size] = position;
            raise(size++);
        } else if (isWorse(heap[0], position)) {
            heap[0] = position;
            sink(size);
        }
    }

    private int[] descending() {
        for (int end = size - 1; end > 0; end--) {
            int worst = heap[0];
            heap[0] = heap[end];
            heap[end] = worst;
            sink(end);
        }
        return heap;
    }

    private boolean isWorse(int one, int other) {
        return keys[one] < keys[other] || (keys[one] == keys[other] && one > other);
    }

    private void raise(int from) {
        int at = from;
        while (at > 0 && isWorse(heap[at], heap[(at - 1) / 2])) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void sink(int end) {
        int at = 0;
        while (2 * at + 1 < end) {
            int child = 2 * at + 1;
            if (child + 1 < end && isWorse(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isWorse(heap[child], heap[at])) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int one, int other) {
        int position = heap[one];
        heap[one] = heap[other];
        heap[other] = position;
    }
}
