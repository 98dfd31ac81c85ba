package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random arrivals, polls, timeouts and withdrawals against a plain list that is searched anew each time. */
class BatchQueuePropertyTest {
    private static final int STEPS = 300;
    private static final int LENGTHS = 9;

    private final List<Waiting<Integer>> there = new ArrayList<>();
    private Random random = new Random();
    private BatchLimits limits = BatchLimits.alone(QueuePolicy.DEFAULT);
    private BatchQueue<Integer> queue = new BatchQueue<>(limits);
    private List<BatchKey> keys = List.of();
    private boolean lengthsDiffer;
    private String seen = "";
    private long now;
    private long maxDelay;
    private int arrivals;

    @RepeatedTest(300)
    void anyCourse_keepsTheRules(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        random = new Random(seed);
        limits = limits();
        lengthsDiffer = random.nextInt(3) == 0;
        queue = lengthsDiffer ? new BatchQueue<>(limits, lengths()) : new BatchQueue<>(limits);
        keys = BatchKeyTest.keysOfLengths(1 + random.nextInt(3));
        for (int step = 0; step < STEPS; step++) {
            seen = "seed " + seed + " step " + step;
            now += random.nextInt(8);
            step();
            check();
        }
        assertThat(queue.drain()).as(seen).hasSize(there.size());
        assertThat(queue.isEmpty()).as(seen).isTrue();
    }

    /** Costs that are known, or not, and let many lengths run together, or few. */
    private LengthBatches lengths() {
        LengthBatches lengths = new LengthBatches(new LengthBuckets(random.nextBoolean() ? List.of() : List.of(4L)), 0);
        long fixed = random.nextInt(30);
        for (int i = 0; i < random.nextInt(20); i++) {
            long length = 1L + random.nextInt(LENGTHS);
            lengths.ran(1, length, length, fixed + 2 * length);
        }
        return lengths;
    }

    private BatchLimits limits() {
        int maxRows = 1 + random.nextInt(8);
        List<Integer> preferred = random.ints(random.nextInt(3), 1, maxRows + 1)
                .distinct()
                .sorted()
                .boxed()
                .toList();
        TimeoutAction action = random.nextBoolean() ? TimeoutAction.REJECT : TimeoutAction.DELAY;
        Duration timeout = Duration.ofNanos(random.nextInt(3) * 20L);
        QueuePolicy policy = new QueuePolicy(1 + random.nextInt(12), timeout, action);
        maxDelay = random.nextInt(3) * 15L;
        return new BatchLimits(maxRows, preferred, BatchDelay.fixed(maxDelay), level -> policy);
    }

    private void step() {
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> arrive();
            case 3, 4 -> poll();
            default -> withdraw();
        }
        expire();
    }

    private void arrive() {
        BatchKey key = keys.get(random.nextInt(keys.size()));
        int rows = random.nextInt(limits.maxRows() + 1);
        long length = lengthsDiffer ? 1L + random.nextInt(LENGTHS) : 0;
        Waiting<Integer> next = new Waiting<>(arrivals++, key, rows, length, 1 + random.nextInt(2), now);
        long ofLevel =
                there.stream().filter(each -> each.level() == next.level()).count();
        boolean fits = ofLevel < policy().maxQueueSize();
        assertThat(queue.offer(next)).as(seen).isEqualTo(fits);
        if (fits) {
            there.add(next);
        }
    }

    private QueuePolicy policy() {
        return limits.policies().apply(0);
    }

    private void poll() {
        List<Waiting<Integer>> before = new ArrayList<>(there);
        List<Integer> batch = queue.poll(now, true);
        List<Waiting<Integer>> members = new ArrayList<>();
        batch.forEach(item -> members.add(take(item)));
        if (members.isEmpty()) {
            checkThatEverythingMayWait();
            return;
        }
        BatchKey key = members.get(0).key();
        assertThat(members).as("one shape, " + seen).allMatch(each -> each.key().equals(key));
        int rows = members.stream().mapToInt(Waiting::rows).sum();
        assertThat(members.size() == 1 || rows <= limits.maxRows())
                .as("rows of the batch, " + seen)
                .isTrue();
        if (lengthsDiffer) {
            checkThatTheFirstIsServed(members, before);
            return;
        }
        assertThat(members).as("in order, " + seen).isSortedAccordingTo(ORDER);
        assertThat(there.stream().filter(each -> each.key().equals(key)))
                .as("whoever stays behind is behind, " + seen)
                .allMatch(each -> ORDER.compare(each, members.get(members.size() - 1)) > 0);
    }

    /** Without delays, whoever is first goes first. */
    private void checkThatTheFirstIsServed(List<Waiting<Integer>> members, List<Waiting<Integer>> before) {
        Waiting<Integer> first = before.stream().min(ORDER).orElseThrow();
        if (maxDelay == 0 || now - first.arrived() >= maxDelay) {
            assertThat(members).as("the first, " + seen).contains(first);
        }
    }

    private static final Comparator<Waiting<Integer>> ORDER =
            Comparator.<Waiting<Integer>>comparingInt(Waiting::rank).thenComparing(Waiting::item);

    private Waiting<Integer> take(int item) {
        Waiting<Integer> found = there.stream()
                .filter(each -> each.item() == item)
                .findFirst()
                .orElseThrow(() -> new AssertionError(item + " is not there, " + seen));
        there.remove(found);
        return found;
    }

    /** Nothing was sent: nobody has waited for the whole delay, and no shape has the rows that need not wait. */
    private void checkThatEverythingMayWait() {
        for (BatchKey key : keys) {
            List<Waiting<Integer>> group =
                    there.stream().filter(each -> each.key().equals(key)).toList();
            int rows = group.stream().mapToInt(Waiting::rows).sum();
            assertThat(lengthsDiffer || group.isEmpty() || rows < limits.mostPreferred())
                    .as("full group, " + seen)
                    .isTrue();
            assertThat(group).as("delays, " + seen).allMatch(each -> maxDelay > 0 && now - each.arrived() < maxDelay);
        }
    }

    private void withdraw() {
        if (!there.isEmpty()) {
            Waiting<Integer> one = there.remove(random.nextInt(there.size()));
            assertThat(queue.remove(one)).as(seen).isTrue();
            assertThat(queue.remove(one)).as(seen).isFalse();
        }
    }

    private void expire() {
        long timeout = policy().defaultTimeout().toNanos();
        List<Waiting<Integer>> late = there.stream()
                .filter(each -> timeout > 0 && !each.isDelayed() && now - each.arrived() >= timeout)
                .toList();
        boolean rejects = policy().timeoutAction() == TimeoutAction.REJECT;
        assertThat(queue.expire(now))
                .as("expired, " + seen)
                .containsExactlyInAnyOrderElementsOf(
                        rejects ? late.stream().map(Waiting::item).toList() : List.of());
        if (rejects) {
            there.removeAll(late);
        } else {
            assertThat(late).as("delayed, " + seen).allMatch(Waiting::isDelayed);
        }
    }

    private void check() {
        assertThat(queue.size()).as(seen).isEqualTo(there.size());
        long timeout = policy().defaultTimeout().toNanos();
        OptionalLong expiry = there.stream()
                .filter(each -> timeout > 0 && !each.isDelayed())
                .mapToLong(each -> each.arrived() + timeout)
                .min();
        assertThat(queue.nextWakeup(false, true)).as("next expiry, " + seen).isEqualTo(expiry);
        if (!there.isEmpty()) {
            assertThat(queue.nextWakeup(true, true).orElseThrow())
                    .as("no wait beyond the delay, " + seen)
                    .isLessThanOrEqualTo(
                            there.stream().mapToLong(Waiting::arrived).min().orElseThrow() + maxDelay);
        }
    }
}
