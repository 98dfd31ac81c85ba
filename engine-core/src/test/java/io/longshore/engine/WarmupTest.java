package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelStatistics;
import io.longshore.model.InstanceGroup;
import io.longshore.model.ModelSelector;
import io.longshore.model.ModelWarmup;
import io.longshore.model.ModelWarmup.Source;
import io.longshore.spi.FakeBehaviour;
import io.longshore.tensor.DataType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A model is ready once its samples have run, and not before. */
class WarmupTest {
    private final EngineRig rig = new EngineRig(ControlMode.EXPLICIT);
    private final AtomicInteger runs = new AtomicInteger();

    WarmupTest() {
        rig.repository.put("m");
        rig.start();
    }

    private static ModelWarmup sample(String name, long rows, long count) {
        return new ModelWarmup(
                name,
                rows,
                count,
                List.of(new ModelWarmup.Input("INPUT0", DataType.FP32, List.of(2L), new Source.Noise())));
    }

    private void warmUp(ModelWarmup... samples) {
        rig.configs.put("m", config -> config.warmups(List.of(samples)));
    }

    private void behave(FakeBehaviour behaviour) {
        rig.backend.behave("m", item -> {
            runs.incrementAndGet();
            behaviour.execute(item);
        });
    }

    private CompletableFuture<Void> load() {
        return rig.engine().load("m", LoadOverride.NONE).toCompletableFuture();
    }

    private CompletableFuture<Void> loadNow() {
        CompletableFuture<Void> loaded = load();
        rig.loading.runAll();
        return loaded;
    }

    @Test
    void samples_runAsOftenAsTheySay_beforeTheModelIsReady() {
        AtomicInteger readyDuring = new AtomicInteger();
        behave(item -> {
            if (rig.engine().readiness(ModelSelector.latest("m")).isReady()) {
                readyDuring.incrementAndGet();
            }
            FakeBehaviour.echo().execute(item);
        });
        warmUp(sample("a", 1, 3), sample("skipped", 0, 5), sample("b", 1, 1));

        assertThat(loadNow()).isCompletedWithValue(null);

        assertThat(runs).hasValue(4);
        assertThat(readyDuring).hasValue(0);
        assertThat(rig.engine().readiness(ModelSelector.latest("m")).isReady()).isTrue();
        rig.closeAndCheck();
    }

    @Test
    void everyInstance_runsEverySample() {
        behave(FakeBehaviour.echo());
        ModelWarmup sample = sample("a", 1, 2);
        rig.configs.put(
                "m",
                config -> config.warmups(List.of(sample))
                        .instanceGroups(List.of(new InstanceGroup(InstanceGroup.Kind.CPU, 3, List.of()))));

        assertThat(loadNow()).isCompletedWithValue(null);

        assertThat(runs).hasValue(6);
        rig.closeAndCheck();
    }

    @Test
    void warmUp_countsNowhere() {
        behave(FakeBehaviour.echo());
        warmUp(sample("a", 1, 5));
        assertThat(loadNow()).isCompletedWithValue(null);

        ModelStatistics statistics = rig.engine().statistics().get(0);
        assertThat(statistics.executionCount()).isZero();
        assertThat(statistics.success().count()).isZero();
        assertThat(statistics.nanosSinceLast()).isEmpty();
        assertThat(rig.engine().requestsInFlight()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void failingSample_failsTheLoadAndNamesIt() {
        behave(FakeBehaviour.failing());
        warmUp(sample("a", 1, 9));

        assertThat(loadNow())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .withMessageContaining("failed to run warmup sample 'a': the fake model failed; ");
        assertThat(runs).as("no run after the failure").hasValue(1);
        assertThat(rig.index())
                .singleElement()
                .asString()
                .contains("UNAVAILABLE")
                .contains("warmup sample 'a'");
        rig.closeAndCheck();
    }

    @Test
    void crashingSample_failsTheLoad() {
        behave(FakeBehaviour.throwing());
        warmUp(sample("a", 1, 1));

        assertThat(loadNow()).isCompletedExceptionally();
        assertThat(rig.index()).singleElement().asString().contains("the fake model broke");
        rig.closeAndCheck();
    }

    @Test
    void failingNewVersion_leavesTheOldServing() {
        assertThat(loadNow()).isCompletedWithValue(null);
        rig.backend.behave("m", FakeBehaviour.failing());
        warmUp(sample("a", 1, 1));
        rig.repository.put("m", 1, 2);

        assertThat(loadNow()).isCompletedExceptionally();

        rig.backend.behave("m", FakeBehaviour.echo());
        assertThat(rig.infer("m").awaitEnd().responses()).hasSize(1);
        rig.closeAndCheck();
    }

    @Test
    void decoupledModel_isWarmedUpToItsLastResponse() {
        behave(FakeBehaviour.decoupled(3));
        rig.configs.put("m", config -> config.decoupled(true).warmups(List.of(sample("a", 1, 2))));

        assertThat(loadNow()).isCompletedWithValue(null);
        assertThat(runs).hasValue(2);
        rig.closeAndCheck();
    }

    @Test
    void sampleThatDoesNotFitTheModel_isRefusedWithEveryProblem() {
        ModelWarmup wrong = new ModelWarmup(
                "w",
                2,
                1,
                List.of(
                        new ModelWarmup.Input("INPUT0", DataType.INT8, List.of(2L, 2L), new Source.Zeros()),
                        new ModelWarmup.Input("OTHER", DataType.FP32, List.of(2L), new Source.Zeros())));
        warmUp(wrong, new ModelWarmup("empty", 1, 1, List.of()));

        assertThatThrownBy(loadNow()::join)
                .hasMessageContaining(
                        "model_warmup 'w': batch_size 2 exceeds 1, which is all that a model with max_batch_size 0 takes")
                .hasMessageContaining("model_warmup 'w': input 'INPUT0' has data_type INT8, the model's has FP32")
                .hasMessageContaining("model_warmup 'w': input 'INPUT0' has dims [2, 2], the model's has [-1]")
                .hasMessageContaining("model_warmup 'w': the model has no input 'OTHER'")
                .hasMessageContaining("model_warmup 'empty': input 'INPUT0' is missing");
        rig.closeAndCheck();
    }

    @Test
    void unloadDuringLongWarmUp_endsItEarly() throws Exception {
        CountDownLatch begun = untilCancelled();
        CompletableFuture<Void> loaded = load();
        Thread loader = new Thread(rig.loading::runAll);
        loader.start();
        begun.await();

        CompletableFuture<Void> unloaded = rig.engine().unload("m", false).toCompletableFuture();
        loader.join();
        rig.loading.runAll();

        assertThat(unloaded).isCompletedWithValue(null);
        assertThatThrownBy(loaded::join).hasMessageContaining("the warm-up of model 'm' was stopped");
        assertThat(runs).hasValue(1);
        assertThat(loadAgain()).isCompletedWithValue(null);
        rig.closeAndCheck();
    }

    private CompletableFuture<Void> loadAgain() {
        rig.backend.behave("m", FakeBehaviour.echo());
        warmUp(sample("short", 1, 1));
        return loadNow();
    }

    @Test
    void closeDuringLongWarmUp_endsItEarly() throws Exception {
        CountDownLatch begun = untilCancelled();
        CompletableFuture<Void> loaded = load();
        Thread loader = new Thread(rig.loading::runAll);
        loader.start();
        begun.await();

        rig.closeAndCheck();

        loader.join();
        assertThat(loaded).isCompletedExceptionally();
        assertThat(runs).hasValue(1);
    }

    /** A sample that would run for ever, whose runs end only when they are cancelled; the gate tells that one has begun. */
    private CountDownLatch untilCancelled() {
        CountDownLatch begun = new CountDownLatch(1);
        behave(item -> {
            begun.countDown();
            item.context().onCancel(() -> item.fail(new InferenceException(ErrorCode.CANCELLED, "cancelled")));
        });
        warmUp(sample("endless", 1, Long.MAX_VALUE));
        return begun;
    }
}
