package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.DynamicBatching;
import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules for sizes and delays, one by one; the whole is held against a plain model in {@link BatchQueuePropertyTest}. */
class BatchQueueTest {
    private final Map<String, Waiting<String>> waiting = new HashMap<>();
    private BatchQueue<String> queue = queue(8, List.of(), 0);

    private static BatchQueue<String> queue(int maxRows, List<Integer> preferred, long maxDelay) {
        return new BatchQueue<>(
                new BatchLimits(maxRows, preferred, BatchDelay.fixed(maxDelay), level -> QueuePolicy.DEFAULT));
    }

    private static BatchQueue<String> queue(long maxDelay, Map<Integer, QueuePolicy> policies) {
        return new BatchQueue<>(new BatchLimits(
                8, List.of(), BatchDelay.fixed(maxDelay), level -> policies.getOrDefault(level, policy(9, 0))));
    }

    private static QueuePolicy policy(int maxQueueSize, long timeoutNanos) {
        return new QueuePolicy(maxQueueSize, Duration.ofNanos(timeoutNanos));
    }

    private Waiting<String> entry(String name) {
        return Objects.requireNonNull(waiting.get(name));
    }

    private boolean offer(String name, int rows, int level, long arrived) {
        return offer(name, BatchKey.ANY, rows, level, arrived);
    }

    private boolean offer(String name, BatchKey key, int rows, int level, long arrived) {
        waiting.put(name, new Waiting<>(name, key, rows, 0, level, arrived));
        return queue.offer(entry(name));
    }

    private static BatchKey length(int length) {
        return BatchKeyTest.keysOfLengths(length + 1).get(length);
    }

    @Test
    void withoutDelay_whatIsThereGoesUpToTheLimit() {
        IntStream.range(0, 11).forEach(i -> offer("r" + i, 1, 0, i));

        assertThat(queue.poll(11, true)).containsExactly("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7");
        assertThat(queue.poll(11, true)).containsExactly("r8", "r9", "r10");
        assertThat(queue.poll(11, true)).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void rows_countAndNotRequests() {
        offer("a", 5, 0, 0);
        offer("b", 4, 0, 1);
        offer("c", 4, 0, 2);

        assertThat(queue.poll(3, true)).containsExactly("a");
        assertThat(queue.poll(3, true)).containsExactly("b", "c");
    }

    @Test
    void requestLargerThanTheLimitOrWithoutRows_goesToo() {
        offer("large", 9, 0, 0);
        offer("empty", 0, 0, 1);

        assertThat(queue.poll(3, true)).containsExactly("large");
        assertThat(queue.poll(3, true)).containsExactly("empty");
    }

    @Test
    void delay_isMeasuredFromTheOldest() {
        queue = queue(8, List.of(), 100);
        offer("a", 1, 0, 10);
        offer("b", 1, 0, 90);

        assertThat(queue.poll(109, true)).isEmpty();
        assertThat(queue.nextWakeup(true, true)).hasValue(110);
        assertThat(queue.nextWakeup(false, true)).isEmpty();
        assertThat(queue.poll(110, true)).containsExactly("a", "b");
    }

    @Test
    void fullBatch_doesNotWait() {
        queue = queue(4, List.of(), 100);
        IntStream.range(0, 4).forEach(i -> offer("r" + i, 1, 0, i));

        assertThat(queue.poll(4, true)).hasSize(4);
    }

    @Test
    void batchThatTheNextDoesNotFitInto_doesNotWait() {
        queue = queue(4, List.of(), 100);
        offer("a", 3, 0, 0);
        offer("b", 2, 0, 1);

        assertThat(queue.poll(2, true)).containsExactly("a");
        assertThat(queue.poll(2, true)).isEmpty();
    }

    @Test
    void largestPreferredSize_isTakenAndTheRestWaits() {
        queue = queue(8, List.of(2, 4), 100);
        IntStream.range(0, 3).forEach(i -> offer("r" + i, 1, 0, i));
        assertThat(queue.poll(3, true)).containsExactly("r0", "r1");

        IntStream.range(3, 8).forEach(i -> offer("r" + i, 1, 0, i));
        assertThat(queue.poll(8, true)).containsExactly("r2", "r3", "r4", "r5");
        assertThat(queue.poll(8, true)).containsExactly("r6", "r7");
    }

    @Test
    void preferredSizeOutOfReach_waitsAndThenGoesAsItIs() {
        queue = queue(8, List.of(4), 100);
        IntStream.range(0, 3).forEach(i -> offer("r" + i, 1, 0, i));

        assertThat(queue.poll(99, true)).isEmpty();
        assertThat(queue.poll(100, true)).containsExactly("r0", "r1", "r2");
    }

    @Test
    void preferredSizePassedOver_sendsWhatIsBelowIt() {
        queue = queue(8, List.of(4), 100);
        offer("a", 3, 0, 0);
        offer("b", 3, 0, 1);

        assertThat(queue.poll(2, true)).containsExactly("a");
    }

    @Test
    void preferredSizesWithoutDelay_holdNothingBack() {
        queue = queue(8, List.of(4), 0);
        offer("a", 1, 0, 0);

        assertThat(queue.runsAtOnce(1)).isTrue();
        assertThat(queue.poll(0, true)).containsExactly("a");
    }

    @Test
    void lateBatch_takesMoreThanThePreferredSize() {
        queue = queue(8, List.of(2), 100);
        IntStream.range(0, 3).forEach(i -> offer("r" + i, 1, 0, i));

        assertThat(queue.poll(100, true)).containsExactly("r0", "r1", "r2");
    }

    @Test
    void shapesThatDiffer_areNotMixedAndDoNotCutEachOtherShort() {
        for (int i = 0; i < 6; i++) {
            offer("r" + i, length(1 + i % 2), 1, 0, i);
        }

        assertThat(queue.poll(6, true)).containsExactly("r0", "r2", "r4");
        assertThat(queue.poll(6, true)).containsExactly("r1", "r3", "r5");
    }

    @Test
    void fullGroup_goesBeforeAnOlderOneThatStillWaits() {
        queue = queue(2, List.of(), 100);
        offer("lonely", length(7), 1, 0, 0);
        offer("a", length(3), 1, 0, 1);
        offer("b", length(3), 1, 0, 2);

        assertThat(queue.poll(3, true)).containsExactly("a", "b");
        assertThat(queue.poll(3, true)).isEmpty();
        assertThat(queue.poll(100, true)).containsExactly("lonely");
    }

    @Test
    void higherPriority_goesFirstAndLowerFillsTheBatch() {
        queue = queue(3, List.of(), 0);
        offer("low", 1, 2, 0);
        offer("high1", 1, 1, 1);
        offer("high2", 1, 1, 2);
        offer("low2", 1, 2, 3);

        assertThat(queue.poll(4, true)).containsExactly("high1", "high2", "low");
        assertThat(queue.poll(4, true)).containsExactly("low2");
    }

    @Test
    void lowerPriority_doesNotWaitBeyondItsDelay() {
        queue = queue(8, List.of(), 100);
        offer("low", length(1), 1, 2, 0);
        offer("high", length(2), 1, 1, 50);

        assertThat(queue.poll(100, true)).containsExactly("low");
        assertThat(queue.nextWakeup(true, true)).hasValue(150);
    }

    @Test
    void fullLevel_refusesAndOthersDoNot() {
        queue = queue(0, Map.of(1, policy(1, 0), 2, policy(2, 0)));

        assertThat(offer("a", 1, 1, 0)).isTrue();
        assertThat(offer("b", 1, 1, 0)).isFalse();
        assertThat(offer("c", 1, 2, 0)).isTrue();
        assertThat(offer("d", 1, 2, 0)).isTrue();
        assertThat(offer("e", 1, 2, 0)).isFalse();
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void whatWaitsTooLong_isRejectedByItsOwnPolicy() {
        queue = queue(1000, Map.of(1, policy(9, 30), 2, policy(9, 10)));
        offer("a", 1, 1, 0);
        offer("b", 1, 2, 5);
        offer("c", 1, 2, 6);

        assertThat(queue.nextWakeup(false, true)).hasValue(15);
        assertThat(queue.expire(14)).isEmpty();
        assertThat(queue.expire(15)).containsExactly("b");
        assertThat(queue.expire(30)).containsExactly("a", "c");
        assertThat(queue.nextWakeup(false, true)).isEmpty();
    }

    @Test
    void whatIsDelayed_goesBehindItsLevelAndBeforeLowerOnes() {
        QueuePolicy delaying = new QueuePolicy(9, Duration.ofNanos(10), TimeoutAction.DELAY);
        queue = new BatchQueue<>(new BatchLimits(1, List.of(), BatchDelay.NONE, level -> delaying));
        offer("old", 1, 1, 0);
        offer("low", 1, 2, 8);
        offer("new", 1, 1, 9);

        assertThat(queue.expire(10)).isEmpty();
        assertThat(queue.poll(10, true)).containsExactly("new");
        assertThat(queue.poll(10, true)).containsExactly("old");
        assertThat(queue.poll(10, true)).containsExactly("low");
    }

    @Test
    void delayedRequests_countForTheirLevelAndCanBeTakenOut() {
        QueuePolicy delaying = new QueuePolicy(1, Duration.ofNanos(10), TimeoutAction.DELAY);
        queue = new BatchQueue<>(new BatchLimits(1, List.of(), BatchDelay.NONE, level -> delaying));
        offer("a", 1, 1, 0);
        queue.expire(10);

        assertThat(offer("b", 1, 1, 11)).isFalse();
        assertThat(queue.remove(entry("a"))).isTrue();
        assertThat(queue.remove(entry("a"))).isFalse();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void withdrawnRequest_makesItsGroupSmaller() {
        queue = queue(2, List.of(), 100);
        offer("a", 1, 0, 0);
        offer("b", 1, 0, 1);
        queue.remove(entry("a"));

        assertThat(queue.poll(2, true)).isEmpty();
        assertThat(queue.nextWakeup(true, true)).hasValue(101);
    }

    @Test
    void stoppedDelays_holdNothingBack() {
        queue = queue(8, List.of(4), 100);
        offer("a", 1, 0, 0);
        queue.stopDelays();

        assertThat(queue.poll(1, true)).containsExactly("a");
    }

    @Test
    void drainedQueue_isEmptyAndGivesEverythingInOrder() {
        offer("low", 1, 2, 0);
        offer("high", 1, 1, 1);

        assertThat(queue.drain()).containsExactly("high", "low");
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll(2, true)).isEmpty();
    }

    @Test
    void priorityThatThereIsNot_isTheDefault() {
        DynamicBatching batching = new DynamicBatching(List.of(), Duration.ZERO, false, 3, 2, Map.of());

        assertThat(List.of(
                        batching.level(0), batching.level(1), batching.level(3), batching.level(4), batching.level(-1)))
                .containsExactly(2, 1, 3, 2, 2);
    }
}
