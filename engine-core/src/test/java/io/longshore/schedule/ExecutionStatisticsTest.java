package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelId;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionStatisticsTest {
    private final HeldItems held = new HeldItems();

    @Test
    void waitingAndRunning_addUpToTheWhole() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        List<RecordingSink> sinks = List.of(rig.submit("first"), rig.submit("second"));
        rig.executor.runAll();
        rig.delayer.advance(Duration.ofNanos(30));
        held.answerNext();
        rig.executor.runAll();
        rig.delayer.advance(Duration.ofNanos(12));
        held.answerNext();

        ModelStatistics statistics = of(rig);
        assertThat(statistics.success()).isEqualTo(new Total(2, 72));
        assertThat(statistics.queue()).isEqualTo(new Total(2, 30));
        assertThat(statistics.compute()).isEqualTo(new Compute(2, 0, 42, 0));
        assertThat(statistics.inferenceCount()).isEqualTo(2);
        assertThat(statistics.executionCount()).isEqualTo(2);
        assertThat(statistics.batches()).containsExactly(new ModelStatistics.Batch(1, new Compute(2, 0, 42, 0)));
        assertThat(statistics.nanosSinceLast()).hasValue(0);
        sinks.forEach(RecordingSink::release);
        rig.closeAndCheck(2);
    }

    @Test
    void marksOfTheBackend_tellThePartsApart() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        RecordingSink sink = rig.submit("a");
        rig.executor.runAll();
        rig.delayer.advance(Duration.ofNanos(3));
        held.first().inputsReady();
        rig.delayer.advance(Duration.ofNanos(10));
        held.first().outputsBegun();
        rig.delayer.advance(Duration.ofNanos(5));
        held.answerNext();

        assertThat(of(rig).compute()).isEqualTo(new Compute(1, 3, 10, 5));
        assertThat(of(rig).batches()).containsExactly(new ModelStatistics.Batch(1, new Compute(1, 3, 10, 5)));
        assertThat(of(rig).success()).isEqualTo(new Total(1, 18));
        sink.release();
        rig.closeAndCheck(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 20, 0",
        "104, 0, 4, 16, 0",
        "0, 115, 0, 15, 5",
        "104, 115, 4, 11, 5",
        "104, 102, 4, 0, 16",
        "99, 121, 0, 20, 0",
        "125, 50, 20, 0, 0",
    })
    void parts_addUpToTheWholeWhateverTheMarksSay(
            long inputsReady, long outputsBegun, long input, long infer, long output) {
        assertThat(Phases.of(100, 120, inputsReady, outputsBegun)).isEqualTo(new Phases(input, infer, output));
    }

    @Test
    void failuresAndCrashes_countApart() {
        SchedulerRig rig = new SchedulerRig(1, 8, FakeBehaviour.failing());
        rig.submit("fails", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);
        rig.behaviour = FakeBehaviour.throwing();
        rig.submit("crashes", new RecordingSink(), Deadline.NONE, CallerThread.FREELY);

        ModelStatistics statistics = of(rig);
        assertThat(statistics.fail().count()).isEqualTo(2);
        assertThat(statistics.success().count()).isZero();
        assertThat(statistics.inferenceCount()).isZero();
        assertThat(statistics.nanosSinceLast()).isEmpty();
        rig.closeAndCheck(2);
    }

    @Test
    void withdrawnWhileItRuns_isCancelledAndNoFailure() {
        SchedulerRig rig = new SchedulerRig(1, 8, held);
        PendingRequest request = rig.submit("a", new RecordingSink());
        rig.executor.runAll();
        request.cancel();
        rig.delayer.advance(Duration.ofNanos(5));
        held.take().fail(new InferenceException(ErrorCode.CANCELLED, "noticed"));

        ModelStatistics statistics = of(rig);
        assertThat(statistics.cancelled()).isEqualTo(new Total(1, 5));
        assertThat(statistics.fail().count()).isZero();
        rig.closeAndCheck(1);
    }

    @Test
    void countsOfManyThreads_areExact() throws Exception {
        ExecutionStatistics statistics = new ExecutionStatistics(SchedulerRig.config(config -> config));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            done.add(threads.submit(() -> {
                for (int i = 0; i < 10_000; i++) {
                    statistics.succeeded(1 + i % 3, 2, new Phases(1, 3, 2));
                    statistics.executed(1 + i % 3, new Phases(1, 3, 2), 4);
                    statistics.failed(1);
                }
            }));
        }
        for (Future<?> each : done) {
            each.get();
        }
        threads.shutdown();

        ModelStatistics counted = statistics.of(new ModelId("m", 1), 9);
        assertThat(counted.success()).isEqualTo(new Total(40_000, 320_000));
        assertThat(counted.compute()).isEqualTo(new Compute(40_000, 40_000, 120_000, 80_000));
        assertThat(counted.fail()).isEqualTo(new Total(40_000, 40_000));
        assertThat(counted.inferenceCount()).isEqualTo(4 * (3334 + 2 * 3333 + 3 * 3333));
        assertThat(counted.batches().stream().mapToLong(batch -> batch.compute().count()))
                .containsExactly(4 * 3334L, 4 * 3333L, 4 * 3333L);
    }

    private static ModelStatistics of(SchedulerRig rig) {
        return rig.scheduler().statistics(new ModelId("m", 1));
    }
}
