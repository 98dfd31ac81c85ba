package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RequestClass;
import io.longshore.model.DynamicBatching;
import io.longshore.model.ModelConfig;
import io.longshore.model.Padding;
import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import io.longshore.schedule.BatchRig.Sent;
import io.longshore.spi.ExecutionItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Random arrivals, sizes, lengths, priorities, answers, failures, crashes, cancels, timeouts and delays against what must
 * always hold: each request ends exactly once and gets what it would get alone, a bad one fails alone, no batch goes beyond
 * its limit, nothing waits beyond its delay beside an idle instance, and nothing is left over.
 */
class BatchSchedulerPropertyTest {
    private static final int STEPS = 250;
    private static final float BAD = -1;
    private static final Set<String> ENDS =
            Set.of("OK", "CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE", "INTERNAL", "MODEL_FAILED");

    private final List<ExecutionItem> running = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private Random random = new Random();
    private boolean crashes;
    private String seen = "";

    @RepeatedTest(150)
    void anyCourse_keepsTheContract(RepetitionInfo repetition) throws Exception {
        long seed = repetition.getCurrentRepetition();
        random = new Random(seed);
        crashes = random.nextInt(4) == 0;
        int instances = 1 + random.nextInt(3);
        BatchRig rig = new BatchRig(instances, this::configure);
        rig.takesItems = random.nextInt(4) == 0;
        rig.repeatable = random.nextInt(4) != 0;
        rig.behaviour = this::behave;
        for (int step = 0; step < STEPS; step++) {
            seen = "seed " + seed + " step " + step;
            step(rig);
            check(rig, instances);
        }
        end(rig);
        if (rig.config.dynamicBatching().orElseThrow().preserveOrdering()) {
            assertThat(rig.answered).as("order of the answers, " + seen).isSorted();
        }
        sent.forEach(each -> checkEnd(rig, each));
        rig.closeAndCheck(sent.size());
    }

    private ModelConfig.Builder configure(ModelConfig.Builder draft) {
        int maxBatchSize = 1 + random.nextInt(8);
        List<Integer> preferred =
                random.ints(random.nextInt(3), 1, maxBatchSize + 1).boxed().toList();
        boolean inOrder = random.nextInt(4) == 0;
        TimeoutAction action = inOrder || random.nextBoolean() ? TimeoutAction.REJECT : TimeoutAction.DELAY;
        int levels = inOrder ? 0 : 2;
        return draft.maxBatchSize(maxBatchSize)
                .queuePolicy(new QueuePolicy(1 + random.nextInt(20), Duration.ofNanos(random.nextInt(2) * 40L), action))
                .dynamicBatching(new DynamicBatching(
                        preferred,
                        Duration.ofNanos(random.nextInt(3) * 25L),
                        inOrder,
                        levels,
                        levels,
                        Map.of(),
                        Duration.ZERO,
                        maxBatchSize > 1 && random.nextBoolean() ? padding() : null));
    }

    private Padding padding() {
        return new Padding(Map.of("IN", "0"), random.nextBoolean() ? List.of() : List.of(2L, 3L), null);
    }

    private void behave(ExecutionItem item) {
        if (crashes && random.nextInt(20) == 0) {
            throw new IllegalStateException("the fake model broke");
        }
        if (random.nextBoolean()) {
            running.add(item);
        } else {
            answer(item);
        }
    }

    private static void answer(ExecutionItem item) {
        for (float value : BatchRig.floats(item.inputs().get(0))) {
            if (value == BAD) {
                item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "bad"));
                return;
            }
        }
        BatchRig.compute(item);
    }

    private void step(BatchRig rig) {
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> arrive(rig);
            case 4 -> rig.executor.runNext();
            case 5 -> answerOne();
            case 6 -> {
                if (!sent.isEmpty() && random.nextInt(3) == 0) {
                    sent.get(random.nextInt(sent.size())).request().cancel();
                }
            }
            default -> rig.delayer.advance(Duration.ofNanos(random.nextInt(20)));
        }
    }

    private void arrive(BatchRig rig) {
        int rows = 1 + random.nextInt(Math.min(3, rig.config.maxBatchSize()));
        float[] values = new float[rows * (1 + random.nextInt(4))];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(60) == 0 ? BAD : sent.size();
        }
        Deadline deadline = random.nextInt(4) > 0
                ? Deadline.NONE
                : Deadline.after(Duration.ofNanos(1L + random.nextInt(100)), rig.ticker);
        List<String> outputs = List.of(List.<String>of(), List.of("TWICE"), List.of("TWICE", "SAME"))
                .get(random.nextInt(3));
        InferenceRequest.Options options = InferenceRequest.Options.DEFAULT
                .withPriority(random.nextInt(4))
                .withDeadline(deadline)
                .withRequestClass(random.nextInt(6) == 0 ? RequestClass.BACKGROUND : RequestClass.ONLINE)
                .withCaller(random.nextBoolean() ? CallerThread.FREELY : CallerThread.NEVER);
        sent.add(rig.send(options, outputs, rows, values));
    }

    private void answerOne() {
        if (!running.isEmpty()) {
            answer(running.remove(random.nextInt(running.size())));
        }
    }

    private void check(BatchRig rig, int instances) {
        BatchScheduler.Load load = rig.scheduler().load();
        assertThat(load.running()).as("instances lent, " + seen).isBetween(0, instances);
        assertThat(rig.openInstances).as(seen).hasValue(instances);
        if (load.canRunMore() && load.waiting() > 0) {
            long delay =
                    rig.config.dynamicBatching().orElseThrow().maxQueueDelay().toNanos();
            assertThat(delay)
                    .as("nobody waits beside an idle instance without a delay, " + seen)
                    .isPositive();
            assertThat(load.longestWait())
                    .as("nobody waits beside an idle instance beyond the delay, " + seen)
                    .isLessThan(delay);
        }
        synchronized (rig.executed) {
            assertThat(rig.executed).as("rows of a batch, " + seen).allMatch(rows -> rows <= rig.config.maxBatchSize());
        }
    }

    private void end(BatchRig rig) {
        for (int quiet = 0; quiet < 3; quiet++) {
            while (rig.executor.runNext() || !running.isEmpty()) {
                answerOne();
                quiet = 0;
            }
            rig.delayer.advance(Duration.ofNanos(200));
        }
    }

    private void checkEnd(BatchRig rig, Sent each) {
        String outcome = each.sink().awaitEnd().outcome();
        assertThat(outcome).as(seen).isIn(ENDS);
        if (outcome.equals("OK")) {
            assertThat(isBad(each)).as("a bad request has no answer, " + seen).isFalse();
            each.check();
        } else if (outcome.equals("MODEL_FAILED") && (rig.repeatable || rig.takesItems)) {
            assertThat(isBad(each)).as("a good request does not fail, " + seen).isTrue();
        } else if (outcome.equals("INTERNAL")) {
            assertThat(crashes).as(seen).isTrue();
        }
    }

    private static boolean isBad(Sent each) {
        return each.values().contains(BAD);
    }
}
