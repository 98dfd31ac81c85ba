package io.longshore.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Requests cut into batches of neighbours in length, at the least price for all together. By dynamic programming over the
 * requests in order of their lengths: at most as many steps as pairs that can be in one batch. Pure and not thread-safe; used once.
 *
 * @param <T> what waits
 */
final class LengthPartition<T> {
    private final List<Waiting<T>> candidates;
    private final BatchPrices prices;
    /** The candidates, the shortest first, and the bucket of each. */
    private final List<Waiting<T>> sorted;

    private final long[] buckets;
    /** By number of the shortest: the least price for them, and where their last batch begins. */
    private final double[] least;

    private final int[] begins;

    /**
     * @param candidates in order
     * @param prices what batches cost
     */
    LengthPartition(List<Waiting<T>> candidates, BatchPrices prices) {
        this.candidates = candidates;
        this.prices = prices;
        this.sorted = new ArrayList<>(candidates);
        sorted.sort(Comparator.comparingLong(Waiting::length));
        this.buckets = sorted.stream()
                .mapToLong(each -> prices.buckets().bucket(each.length()))
                .toArray();
        this.least = new double[sorted.size() + 1];
        this.begins = new int[sorted.size() + 1];
        for (int end = 1; end <= sorted.size(); end++) {
            findLast(end);
        }
    }

    /** The last batch of so many of the shortest. A smaller one wins where prices are equal. */
    private void findLast(int end) {
        long longest = sorted.get(end - 1).length();
        long bucket = buckets[end - 1];
        long rows = 0;
        least[end] = Double.MAX_VALUE;
        for (int begin = end - 1; begin >= 0; begin--) {
            Waiting<T> next = sorted.get(begin);
            rows += next.rows();
            double price = prices.of(rows, next.length() == longest ? longest : bucket);
            if (begin < end - 1
                    && (!prices.permits(rows, price) || prices.separates(next.rows(), bucket - buckets[begin]))) {
                return;
            }
            if (least[begin] + price < least[end]) {
                least[end] = least[begin] + price;
                begins[end] = begin;
            }
        }
    }

    /** The price of all. */
    double price() {
        return least[sorted.size()];
    }

    /** The batches in the order of the first of each, each in order. */
    List<List<Waiting<T>>> batches() {
        Map<Waiting<T>, List<Waiting<T>>> batchOf = new HashMap<>(2 * sorted.size());
        for (int end = sorted.size(); end > 0; end = begins[end]) {
            List<Waiting<T>> batch = new ArrayList<>(end - begins[end]);
            sorted.subList(begins[end], end).forEach(member -> batchOf.put(member, batch));
        }
        List<List<Waiting<T>>> batches = new ArrayList<>();
        for (Waiting<T> candidate : candidates) {
            List<Waiting<T>> batch = Objects.requireNonNull(batchOf.get(candidate));
            if (batch.isEmpty()) {
                batches.add(batch);
            }
            batch.add(candidate);
        }
        return batches;
    }
}
