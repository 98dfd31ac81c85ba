package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LengthPartitionTest {
    private static Waiting<Integer> waiting(int item, int rows, long length) {
        return new Waiting<>(item, BatchKey.ANY, rows, length, 0, 0);
    }

    private static BatchPrices prices(double fixed, double perUnit, Long... buckets) {
        return new BatchPrices(new LengthBuckets(List.of(buckets)), 8, true, fixed, 0, perUnit, 0, Double.MAX_VALUE);
    }

    private static List<List<Integer>> batches(BatchPrices prices, long... lengths) {
        List<Waiting<Integer>> all = IntStream.range(0, lengths.length)
                .mapToObj(i -> waiting(i, 1, lengths[i]))
                .toList();
        return items(new LengthPartition<>(all, prices).batches());
    }

    private static List<List<Integer>> items(List<List<Waiting<Integer>>> batches) {
        return batches.stream()
                .map(batch -> batch.stream().map(Waiting::item).toList())
                .toList();
    }

    @Test
    void neighbours_areABatchWhereWastedUnitsCostLessThanAnExecution() {
        assertThat(batches(prices(10, 1), 8, 100, 12, 104)).containsExactly(List.of(0, 2), List.of(1, 3));
        assertThat(batches(prices(3, 1), 8, 100, 12, 104))
                .containsExactly(List.of(0), List.of(1), List.of(2), List.of(3));
        assertThat(batches(prices(200, 1), 8, 100, 12, 104)).containsExactly(List.of(0, 1, 2, 3));
    }

    @Test
    void buckets_countAsWaste() {
        assertThat(batches(prices(10, 1, 16L, 64L), 17, 18)).containsExactly(List.of(0), List.of(1));
        assertThat(batches(prices(10, 1, 16L, 64L), 17, 17)).containsExactly(List.of(0, 1));
        assertThat(batches(prices(10, 1, 16L, 64L), 70, 71)).containsExactly(List.of(0, 1));
    }

    @Test
    void executionsWithoutAFixedCost_areOfOneRequest() {
        assertThat(batches(prices(0, 1), 8, 8)).containsExactly(List.of(0), List.of(1));
    }

    @Test
    void unknownCosts_keepBucketsApart() {
        BatchPrices unknown = BatchPrices.onlyWithinBuckets(new LengthBuckets(List.of(16L, 32L)), 8);

        assertThat(batches(unknown, 3, 40, 16, 17, 40, 41))
                .containsExactly(List.of(0, 2), List.of(1, 4), List.of(3), List.of(5));
    }

    @Test
    void batches_areNoMoreThanTheirLimits() {
        assertThat(batches(prices(100, 0), 1, 2, 3, 4, 5, 6, 7, 8, 9))
                .allMatch(batch -> batch.size() <= 8)
                .hasSize(2);
        BatchPrices short5 = new BatchPrices(new LengthBuckets(List.of()), 8, true, 10, 0, 1, 0, 20);
        assertThat(batches(short5, 5, 5, 5, 5)).containsExactly(List.of(0, 1), List.of(2, 3));
        assertThat(batches(short5, 50)).containsExactly(List.of(0));
    }

    /** Against all ways to cut the sorted requests, with random prices. */
    @RepeatedTest(300)
    void anyRequests_areCutAtTheLeastPrice(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        List<Waiting<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(10); i++) {
            all.add(waiting(i, 1 + random.nextInt(3), 1L + random.nextInt(20)));
        }
        List<Long> buckets = random.nextBoolean() ? List.of() : List.of(4L, 9L, 14L);
        BatchPrices prices = new BatchPrices(
                new LengthBuckets(buckets),
                1 + random.nextInt(8),
                true,
                random.nextInt(40),
                random.nextInt(10),
                random.nextInt(3),
                random.nextInt(2) * 0.01,
                random.nextBoolean() ? Double.MAX_VALUE : random.nextInt(100));

        LengthPartition<Integer> partition = new LengthPartition<>(all, prices);

        String seen = "seed " + seed;
        List<List<Waiting<Integer>>> batches = partition.batches();
        assertThat(items(batches).stream().flatMap(List::stream))
                .as("each once, " + seen)
                .containsExactlyInAnyOrderElementsOf(
                        all.stream().map(Waiting::item).toList());
        assertThat(items(batches))
                .as("in order, " + seen)
                .allSatisfy(batch -> assertThat(batch).isSorted());
        assertThat(batches.stream().map(batch -> batch.get(0).item())).as(seen).isSorted();
        List<Waiting<Integer>> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingLong(Waiting::length));
        double least = least(sorted, prices);
        assertThat(partition.price()).as(seen).isCloseTo(least, within(1e-6));
        assertThat(batches.stream().mapToDouble(batch -> price(batch, prices)).sum())
                .as(seen)
                .isCloseTo(least, within(1e-6));
    }

    private static double least(List<Waiting<Integer>> sorted, BatchPrices prices) {
        double least = sorted.isEmpty() ? 0 : Double.MAX_VALUE;
        for (int size = 1; size <= sorted.size(); size++) {
            double first = price(sorted.subList(0, size), prices);
            if (first < Double.MAX_VALUE) {
                least = Math.min(least, first + least(sorted.subList(size, sorted.size()), prices));
            }
        }
        return least;
    }

    private static double price(List<Waiting<Integer>> batch, BatchPrices prices) {
        int rows = batch.stream().mapToInt(Waiting::rows).sum();
        long shortest = batch.stream().mapToLong(Waiting::length).min().orElseThrow();
        long longest = batch.stream().mapToLong(Waiting::length).max().orElseThrow();
        double price = prices.of(rows, prices.buckets().padded(shortest, longest));
        return batch.size() > 1 && !prices.permits(rows, price) ? Double.MAX_VALUE : price;
    }
}
