package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Random arrivals, answers, failures, crashes, cancels and deadlines against what must always hold: one end for each
 * request, first come first served, an exact bound, nobody waits beside an idle instance, and nothing is left over.
 */
class UnbatchedSchedulerPropertyTest {
    private static final int STEPS = 400;

    private final List<ExecutionItem> running = new ArrayList<>();
    private final List<RecordingSink> sinks = new ArrayList<>();
    private final List<PendingRequest> requests = new ArrayList<>();
    private final Set<String> atOnce = new HashSet<>();
    private Random random = new Random();

    @RepeatedTest(60)
    void anyCourse_keepsTheContract(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        random = new Random(seed);
        int regular = 1 + random.nextInt(3);
        int instances = regular + random.nextInt(3);
        int bound = 1 + random.nextInt(5);
        SchedulerRig rig = new SchedulerRig(regular, instances, bound, this::behave);
        for (int step = 0; step < STEPS; step++) {
            String seen = "seed " + seed + " step " + step;
            step(rig);
            check(rig, instances, bound, seen);
        }
        end(rig);
        sinks.forEach(sink -> {
            assertThat(sink.awaitEnd().outcome()).as("seed " + seed).isNotEqualTo("OPEN");
            sink.release();
        });
        assertThat(rig.begun).as("seed " + seed).doesNotHaveDuplicates();
        List<Integer> handedOver = rig.begun.stream()
                .filter(id -> !atOnce.contains(id))
                .map(Integer::valueOf)
                .toList();
        if (instances == 1) {
            // Several instances run on several threads, of which any may be the faster.
            assertThat(handedOver).as("order of arrival, seed " + seed).isSorted();
        }
        rig.closeAndCheck(requests.size());
    }

    private void behave(ExecutionItem item) {
        switch (random.nextInt(6)) {
            case 0 -> FakeBehaviour.failing().execute(item);
            case 1 -> FakeBehaviour.throwing().execute(item);
            case 2 -> FakeBehaviour.decoupled(random.nextInt(3)).execute(item);
            case 3 -> FakeBehaviour.echo().execute(item);
            default -> running.add(item);
        }
    }

    private void step(SchedulerRig rig) {
        switch (random.nextInt(7)) {
            case 0, 1, 2 -> arrive(rig);
            case 3 -> rig.executor.runNext();
            case 4 -> answerOne();
            case 5 -> {
                if (!requests.isEmpty()) {
                    requests.get(random.nextInt(requests.size())).cancel();
                }
            }
            // Mostly too little to make a run long, sometimes enough.
            default ->
                rig.delayer.advance(
                        Duration.ofNanos(random.nextInt(10) == 0 ? RunTimeMedian.LONG_NANOS : random.nextInt(20)));
        }
    }

    private void arrive(SchedulerRig rig) {
        RecordingSink sink = new RecordingSink();
        Deadline deadline = random.nextBoolean()
                ? Deadline.NONE
                : Deadline.after(Duration.ofNanos(1L + random.nextInt(100)), rig.ticker);
        sinks.add(sink);
        int before = rig.begun.size();
        requests.add(rig.submit(
                String.valueOf(requests.size()),
                sink,
                deadline,
                random.nextInt(3) == 0 ? CallerThread.FREELY : CallerThread.NEVER));
        // What found an idle instance ran on its own thread, and may have overtaken what is on its way to another.
        atOnce.addAll(rig.begun.subList(before, rig.begun.size()));
    }

    private void answerOne() {
        if (running.isEmpty()) {
            return;
        }
        ExecutionItem item = running.remove(random.nextInt(running.size()));
        assertThat(item.inputs().get(0).buffer().hasRemaining())
                .as("inputs are there until the end")
                .isTrue();
        if (random.nextInt(3) == 0) {
            item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "late"));
        } else {
            item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, true);
        }
    }

    private void check(SchedulerRig rig, int instances, int bound, String seen) {
        BatchScheduler.Load load = rig.scheduler().load();
        assertThat(load.waiting()).as(seen).isBetween(0, bound);
        if (load.waiting() > 0) {
            assertThat(load.canRunMore())
                    .as("an instance to lend while somebody waits, " + seen)
                    .isFalse();
        }
        assertThat(running.size() + rig.executor.waiting())
                .as("instances accounted for, " + seen)
                .isEqualTo(load.running())
                .isLessThanOrEqualTo(instances);
        assertThat(rig.openInstances).as(seen).hasValue(instances);
        sinks.forEach(sink -> assertThat(sink.violations()).as(seen).isZero());
    }

    private void end(SchedulerRig rig) {
        while (rig.executor.runNext() || !running.isEmpty()) {
            answerOne();
        }
        rig.delayer.advance(Duration.ofSeconds(1));
    }

    @Test
    void waitingRequests_areServedFirstComeFirstServed() {
        SchedulerRig rig = new SchedulerRig(1, 100, FakeBehaviour.echo());
        List<RecordingSink> all = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(rig.submit(String.valueOf(i)));
            expected.add(String.valueOf(i));
        }
        rig.executor.runAll();

        assertThat(rig.begun).isEqualTo(expected);
        all.forEach(RecordingSink::release);
        rig.closeAndCheck(50);
    }
}
