package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.RequestClass;
import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.schedule.BatchRig.Sent;
import io.longshore.spi.ExecutionItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Random requests of all classes to several models of one machine, with cancels, crashes and delays, against what must always hold:
 * the background alone never has more under way than there are processors, none of it waits beside room and an idle instance, all
 * requests end, and at the end nothing is counted as under way.
 */
class BackgroundWorkPropertyTest {
    private static final int STEPS = 300;
    private static final int MODELS = 3;
    /** Most of it is of the background. */
    private static final List<RequestClass> KINDS = List.of(
            RequestClass.BACKGROUND,
            RequestClass.BACKGROUND,
            RequestClass.BACKGROUND,
            RequestClass.ONLINE,
            RequestClass.NESTED);

    private final List<ExecutionItem> running = new ArrayList<>();
    private final List<BatchRig> rigs = new ArrayList<>();
    private final List<Sent> online = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private Random random = new Random();
    private int processors;
    private SpareCapacity capacity = new SpareCapacity(1);
    private String seen = "";

    @RepeatedTest(200)
    void anyCourse_leavesTheMachineToOthersAndForgetsNobody(RepetitionInfo repetition) throws Exception {
        random = new Random(repetition.getCurrentRepetition());
        processors = 1 + random.nextInt(3);
        capacity = new SpareCapacity(processors);
        for (int i = 0; i < MODELS; i++) {
            BatchRig rig = new BatchRig(1 + random.nextInt(3), capacity, this::configure);
            rig.behaviour = this::behave;
            rigs.add(rig);
        }
        for (int step = 0; step < STEPS; step++) {
            seen = "seed " + repetition.getCurrentRepetition() + " step " + step;
            step(rigs.get(random.nextInt(MODELS)));
            check();
        }
        end();
        for (Sent each : sent) {
            String outcome = each.sink().outcome();
            assertThat(outcome).as(seen).isIn("OK", "CANCELLED", "INTERNAL");
            if (outcome.equals("OK")) {
                each.check();
            }
        }
        for (BatchRig rig : rigs) {
            rig.closeAndCheck(rig.over.get());
        }
        assertThat(rigs.stream().mapToInt(rig -> rig.over.get()).sum()).isEqualTo(sent.size());
        assertThat(capacity.underWay()).as(seen).isZero();
    }

    private ModelConfig.Builder configure(ModelConfig.Builder draft) {
        return random.nextBoolean()
                ? draft
                : draft.dynamicBatching(
                        new DynamicBatching(List.of(), Duration.ofNanos(random.nextInt(20)), false, 0, 0, Map.of()));
    }

    private void behave(ExecutionItem item) {
        if (random.nextInt(50) == 0) {
            throw new IllegalStateException("the fake model broke");
        }
        running.add(item);
    }

    private void step(BatchRig rig) {
        switch (random.nextInt(6)) {
            case 0, 1 -> arrive(rig);
            case 2 -> rig.executor.runNext();
            case 3 -> answerOne();
            case 4 -> {
                if (!sent.isEmpty() && random.nextInt(3) == 0) {
                    sent.get(random.nextInt(sent.size())).request().cancel();
                }
            }
            default -> rig.delayer.advance(Duration.ofNanos(random.nextInt(20)));
        }
    }

    private void arrive(BatchRig rig) {
        RequestClass kind = KINDS.get(random.nextInt(KINDS.size()));
        Sent one = rig.submit(kind, sent.size());
        sent.add(one);
        if (kind == RequestClass.ONLINE) {
            online.add(one);
        }
    }

    private void answerOne() {
        if (!running.isEmpty()) {
            BatchRig.compute(running.remove(random.nextInt(running.size())));
        }
    }

    private void check() {
        online.removeIf(one -> one.sink().isEnded() && !one.request().isWithdrawn());
        assertThat(capacity.underWay()).as(seen).isNotNegative();
        if (online.isEmpty()) {
            assertThat(capacity.underWay())
                    .as("the background at work, " + seen)
                    .isLessThanOrEqualTo(processors);
        }
        if (capacity.underWay() < processors) {
            rigs.forEach(this::checkNobodyWaits);
        }
    }

    private void checkNobodyWaits(BatchRig rig) {
        BatchScheduler.Load load = rig.scheduler().load();
        long delay = rig.config
                .dynamicBatching()
                .map(batching -> batching.maxQueueDelay().toNanos())
                .orElse(0L);
        if (load.canRunMore() && load.waiting() > 0) {
            assertThat(load.longestWait())
                    .as("nobody waits beside room and an idle instance, " + seen)
                    .isLessThan(delay);
        }
    }

    private void end() {
        for (int quiet = 0; quiet < 3; quiet++) {
            for (BatchRig rig : rigs) {
                while (rig.executor.runNext() || !running.isEmpty()) {
                    answerOne();
                    quiet = 0;
                }
                rig.delayer.advance(Duration.ofNanos(50));
            }
        }
    }
}
