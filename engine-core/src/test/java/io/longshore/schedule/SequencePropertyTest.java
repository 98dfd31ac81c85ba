package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.schedule.SequenceRig.Begun;
import io.longshore.schedule.SequenceRig.Flag;
import io.longshore.schedule.SequenceRig.Sent;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Random sequences, interleaved, cancelled, expired, failing and crashing, against what must always hold: one end for each
 * request, an id's requests in order and one at a time, a sequence on one instance, states as a plain fold gives them,
 * an exact bound, no free slot beside a backlog, and nothing left over.
 */
class SequencePropertyTest {
    private static final int STEPS = 400;
    private static final int IDS = 5;

    private final List<ExecutionItem> running = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    /** What a sequence of each id holds that was begun and not ended by its client. */
    private final Map<Long, List<Asked>> open = new HashMap<>();

    private Random random = new Random();

    /** A request, and those of its sequence that came before it. */
    private record Asked(int number, long id, long value, List<Asked> before, Sent sent) {
        /** What the model answers if all went well so far. */
        long expected() {
            long sum = 0;
            for (Asked each : before) {
                sum = 31 * sum + each.value();
            }
            return 31 * sum + value;
        }
    }

    @RepeatedTest(80)
    void anyCourse_keepsTheContract(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        random = new Random(seed);
        int instances = 1 + random.nextInt(3);
        int slots = 1 + random.nextInt(3);
        int bound = 1 + random.nextInt(8);
        SequenceRig rig = new SequenceRig(instances, slots, bound);
        rig.behaviour = item -> behave(rig, item);
        for (int step = 0; step < STEPS; step++) {
            step(rig);
            check(rig, instances, slots, bound, "seed " + seed + " step " + step);
        }
        end(rig);
        checkAnswers(seed);
        checkPlaces(rig, seed);
        rig.closeAndCheck(asked.stream().map(Asked::sent).toList());
    }

    private void behave(SequenceRig rig, ExecutionItem item) {
        switch (random.nextInt(12)) {
            case 0 -> FakeBehaviour.failing().execute(item);
            case 1 -> FakeBehaviour.throwing().execute(item);
            case 2, 3, 4, 5, 6 -> rig.sum(item);
            default -> running.add(item);
        }
    }

    private void step(SequenceRig rig) {
        switch (random.nextInt(9)) {
            case 0, 1, 2, 3 -> arrive(rig);
            case 4, 5 -> rig.executor.runNext();
            case 6 -> answerOne(rig);
            case 7 -> {
                if (!asked.isEmpty() && random.nextInt(3) == 0) {
                    asked.get(random.nextInt(asked.size())).sent().request().cancel();
                }
            }
            default -> rig.delayer.advance(Duration.ofMillis(random.nextInt(10) == 0 ? 1001 : random.nextInt(60)));
        }
    }

    private void arrive(SequenceRig rig) {
        long id = 1L + random.nextInt(IDS);
        List<Flag> flags = new ArrayList<>();
        if (!open.containsKey(id) ? random.nextInt(8) > 0 : random.nextInt(10) == 0) {
            flags.add(Flag.START);
        }
        if (random.nextInt(4) == 0) {
            flags.add(Flag.END);
        }
        Deadline deadline = random.nextInt(4) > 0
                ? Deadline.NONE
                : Deadline.after(Duration.ofMillis(1L + random.nextInt(300)), rig.ticker);
        long value = random.nextInt(1000);
        Sent sent = rig.send(
                String.valueOf(asked.size()), id, value, deadline, random.nextBoolean(), flags.toArray(Flag[]::new));
        List<Asked> before = flags.contains(Flag.START) ? List.of() : open.getOrDefault(id, List.of());
        Asked made = new Asked(asked.size(), id, value, List.copyOf(before), sent);
        asked.add(made);
        note(made, flags);
    }

    /** A request that was refused is no part of its sequence; any other is, even if it comes to nothing. */
    private void note(Asked made, List<Flag> flags) {
        if (List.of("UNAVAILABLE", "INVALID_ARGUMENT").contains(made.sent().outcome())) {
            return;
        }
        if (flags.contains(Flag.START)) {
            open.put(made.id(), new ArrayList<>());
        }
        Objects.requireNonNull(open.get(made.id()), "taken into no sequence").add(made);
        if (flags.contains(Flag.END)) {
            open.remove(made.id());
        }
    }

    private void answerOne(SequenceRig rig) {
        if (running.isEmpty()) {
            return;
        }
        ExecutionItem item = running.remove(random.nextInt(running.size()));
        if (random.nextInt(6) == 0) {
            item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "late"));
        } else {
            rig.sum(item);
        }
    }

    private void check(SequenceRig rig, int instances, int slots, int bound, String seen) {
        SequenceScheduler.Load load = rig.scheduler().load();
        assertThat(load.waiting()).as("requests that wait, " + seen).isBetween(0, bound);
        assertThat(load.occupied()).as("slots taken, " + seen).isBetween(0, instances * slots);
        if (load.backlogged() > 0) {
            assertThat(load.occupied())
                    .as("no slot is free beside a backlog, " + seen)
                    .isEqualTo(instances * slots);
        }
        assertThat(running.size() + rig.executor.waiting())
                .as("instances at work, " + seen)
                .isLessThanOrEqualTo(instances);
        assertThat(running.stream().map(item -> SequenceRig.longOf(item, "ID")))
                .as("one request of an id at a time, " + seen)
                .doesNotHaveDuplicates();
        assertThat(rig.openInstances).as(seen).hasValue(instances);
        asked.forEach(
                each -> assertThat(each.sent().sink().violations()).as(seen).isZero());
    }

    private void end(SequenceRig rig) {
        while (rig.executor.runNext() || !running.isEmpty()) {
            answerOne(rig);
        }
        rig.behaviour = rig::sum;
        rig.settle();
    }

    private void checkAnswers(long seed) {
        for (Asked each : asked) {
            String seen = "request " + each.number() + ", seed " + seed;
            assertThat(each.sent().sink().awaitEnd().outcome()).as(seen).isNotEqualTo("OPEN");
            if (each.sent().outcome().equals("OK")) {
                assertThat(each.sent().sum()).as(seen).isEqualTo(each.expected());
                each.before()
                        .forEach(earlier -> assertThat(earlier.sent().outcome())
                                .as("nothing goes on behind a failure, " + seen)
                                .isEqualTo("OK"));
            }
        }
    }

    private void checkPlaces(SequenceRig rig, long seed) {
        Map<Integer, Integer> instanceOf = new HashMap<>();
        Map<Long, Integer> last = new HashMap<>();
        for (Begun each : rig.begun) {
            int number = Integer.parseInt(each.request());
            assertThat(instanceOf.put(number, each.instance()))
                    .as("runs once, seed " + seed)
                    .isNull();
            assertThat(number)
                    .as("an id's requests in the order of arrival, seed " + seed)
                    .isGreaterThan(last.getOrDefault(each.correlationId(), -1));
            last.put(each.correlationId(), number);
            @Nullable Asked before = previous(asked.get(number));
            if (before != null && instanceOf.containsKey(before.number())) {
                assertThat(each.instance())
                        .as("a sequence stays on its instance, seed " + seed)
                        .isEqualTo(instanceOf.get(before.number()));
            }
        }
    }

    private static @Nullable Asked previous(Asked request) {
        return request.before().isEmpty()
                ? null
                : request.before().get(request.before().size() - 1);
    }

    /**
     * Races: submit against finish on a pinned instance, submit against the release of a slot to the backlog, cancel against
     * begin, next and finish. Every client's sums come out as if it were alone.
     */
    @RepeatedTest(5)
    void manyClientsAtOnce_eachGetsItsOwnSums() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        SequenceRig rig = new SequenceRig(2, 2, 1000, threads);
        try {
            Race.of(
                    () -> converse(rig, 1),
                    () -> converse(rig, 2),
                    () -> converse(rig, 3),
                    () -> converse(rig, 4),
                    () -> converse(rig, 5),
                    () -> converse(rig, 6));
            rig.scheduler().endSequences();
        } finally {
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        rig.closeAndCheck(List.of());
    }

    private static void converse(SequenceRig rig, long id) {
        Random random = new Random(id);
        for (int sequence = 0; sequence < 150; sequence++) {
            long expected = 0;
            int length = 1 + random.nextInt(5);
            for (int i = 0; i < length; i++) {
                List<Flag> flags = new ArrayList<>();
                if (i == 0) {
                    flags.add(Flag.START);
                }
                if (i == length - 1) {
                    flags.add(Flag.END);
                }
                long value = random.nextInt(100);
                Sent sent = rig.send("", id, value, Deadline.NONE, random.nextBoolean(), flags.toArray(Flag[]::new));
                if (random.nextInt(10) == 0) {
                    sent.request().cancel();
                }
                expected = 31 * expected + value;
                sent.sink().awaitEnd();
                boolean answered = sent.outcome().equals("OK");
                if (answered) {
                    assertThat(sent.sum()).isEqualTo(expected);
                } else {
                    assertThat(sent.outcome()).isEqualTo("CANCELLED");
                }
                sent.sink().release();
                if (!answered) {
                    break;
                }
            }
        }
    }
}
