package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelSelector;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.VersionPolicy;
import io.longshore.tensor.DataType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sequences while their model is replaced, unloaded, or the server ends. */
class SequenceLifecycleTest {
    private static final boolean START = true;
    private static final boolean END = true;

    private EngineRig rig = sequences(new EngineRig(ControlMode.POLL));

    private static EngineRig sequences(EngineRig rig) {
        return sequences(rig, SequenceBatching.of(Direct.DEFAULT));
    }

    private static EngineRig sequences(EngineRig rig, SequenceBatching batching) {
        rig.configs.put("m", config -> config.sequenceBatching(batching));
        rig.repository.put("m");
        return rig;
    }

    private RecordingSink send(Object id, boolean start, boolean end) {
        return send(ModelSelector.latest("m"), id, start, end);
    }

    private RecordingSink send(ModelSelector model, Object id, boolean start, boolean end) {
        return rig.inferInSequence(model, id, start, end);
    }

    private static long version(RecordingSink sink) {
        return sink.responses().get(0).model().version();
    }

    private void replaceByVersion2() {
        rig.repository.put("m", 2, 1);
        rig.poll();
        rig.poll();
    }

    /** A sequence that the replacement's loading time does not end. */
    private void startWithPatience() {
        rig = sequences(
                new EngineRig(ControlMode.POLL),
                new SequenceBatching(Direct.DEFAULT, Duration.ofHours(1), List.of(), List.of()));
        rig.start();
    }

    @Test
    void startedSequence_staysOnItsVersionWhileOthersGoToTheNewOne() {
        startWithPatience();
        send(7L, START, false);
        replaceByVersion2();

        assertThat(rig.index()).containsExactly("m:1 UNLOADING", "m:2 READY");
        assertThat(version(send(8L, START, END))).isEqualTo(2);
        assertThat(version(send(7L, false, false))).isEqualTo(1);
        assertThat(version(send(7L, false, END))).isEqualTo(1);
        rig.loading.runAll();
        assertThat(rig.index()).containsExactly("m:1 UNAVAILABLE unloaded", "m:2 READY");
        assertThat(send(7L, false, false).failure()).hasMessageContaining("must specify the START flag");
        rig.closeAndCheck();
    }

    @Test
    void sequenceThroughAnEnsemble_reachesItsStepAndKeepsTheStepsVersion() {
        startWithPatience();
        rig.configs.put("e", Ensembles.chain("m"));
        rig.repository.put("e");
        rig.poll();
        rig.poll();
        ModelSelector ensemble = ModelSelector.latest("e");
        assertThat(send(ensemble, 7L, false, false).failure())
                .hasMessage("in ensemble 'e', step 0 of model 'm': inference request for sequence 7 to model 'm' must"
                        + " specify the START flag on the first request of the sequence");
        send(ensemble, 7L, START, false).responses();
        replaceByVersion2();
        assertThat(rig.index()).containsExactly("e:1 READY", "m:1 UNLOADING", "m:2 READY");

        CompletableFuture<Void> stopped = rig.engine().stopAccepting().toCompletableFuture();
        assertThat(send(ensemble, 8L, START, END).failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(send(ensemble, 7L, false, END).responses())
                .as("a sequence that has begun may end")
                .hasSize(1);
        assertThat(stopped).isDone();
        rig.loading.runAll();
        assertThat(rig.index()).contains("m:1 UNAVAILABLE unloaded");
        rig.closeAndCheck();
    }

    @Test
    void idOfADrainingVersionThatBeginsAnew_belongsToTheNewVersion() {
        startWithPatience();
        send("text", START, false);
        replaceByVersion2();

        assertThat(version(send("text", START, false))).isEqualTo(2);
        assertThat(version(send("text", false, END))).isEqualTo(2);
        assertThat(version(send("text", false, END)))
                .as("what was begun before")
                .isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void olderVersionThatStillServes_keepsItsSequences() {
        startWithPatience();
        rig.configs.put(
                "m",
                config -> config.versionPolicy(new VersionPolicy.All())
                        .sequenceBatching(SequenceBatching.of(Direct.DEFAULT)));
        send(7L, START, false);
        replaceByVersion2();

        assertThat(rig.index()).containsExactly("m:1 READY", "m:2 READY");
        assertThat(version(send(7L, false, END))).isEqualTo(1);
        assertThat(send(ModelSelector.exact("m", 2), 7L, false, END).failure())
                .hasMessageContaining("must specify the START flag");
        rig.closeAndCheck();
    }

    @Test
    void unloadedModel_finishesStartedSequencesAndRefusesNewOnes() {
        rig = sequences(new EngineRig(ControlMode.EXPLICIT));
        rig.start();
        CompletableFuture<Void> loaded = rig.engine().load("m").toCompletableFuture();
        rig.loading.runAll();
        assertThat(loaded).isCompleted();
        send(7L, START, false);
        CompletableFuture<Void> unloaded = rig.engine().unload("m").toCompletableFuture();
        rig.loading.runAll();

        assertThat(unloaded).isNotDone();
        assertThat(send(8L, START, false).failure().code()).isEqualTo(ErrorCode.VERSION_NOT_FOUND);
        assertThat(send(7L, false, END).responses()).hasSize(1);
        rig.loading.runAll();
        assertThat(unloaded).isCompleted();
        rig.closeAndCheck();
    }

    @Test
    void unloadedModel_waitsForAnIdleSequenceNoLongerThanItMayBeIdle() {
        rig = sequences(new EngineRig(ControlMode.EXPLICIT));
        rig.start();
        rig.engine().load("m");
        rig.loading.runAll();
        send(7L, START, false);
        CompletableFuture<Void> unloaded = rig.engine().unload("m").toCompletableFuture();
        rig.loading.runAll();
        assertThat(unloaded).isNotDone();
        rig.delayer.advance(SequenceBatching.DEFAULT_MAX_IDLE);
        rig.loading.runAll();

        assertThat(unloaded).isCompleted();
        assertThat(send(7L, false, END).failure().code()).isEqualTo(ErrorCode.VERSION_NOT_FOUND);
        rig.closeAndCheck();
    }

    @Test
    void stoppingServer_letsStartedSequencesFinishAndRefusesNewOnes() {
        rig.start();
        send(7L, START, false);
        CompletableFuture<Void> drained = rig.engine().stopAccepting().toCompletableFuture();

        assertThat(drained).isNotDone();
        String stopping = "Server is stopping, scheduler for model has stopped accepting new inference requests";
        assertThat(send(8L, START, END).failure()).hasMessage(stopping);
        assertThat(send(7L, START, END).failure()).hasMessage(stopping);
        assertThat(send(8L, false, END).failure()).hasMessage(stopping);
        assertThat(send(7L, false, false).responses()).hasSize(1);
        assertThat(drained).isNotDone();
        assertThat(send(7L, false, END).responses()).hasSize(1);
        assertThat(drained).isCompleted();
        assertThat(send(7L, false, END).failure()).hasMessage(stopping);
        rig.closeAndCheck();
    }

    @Test
    void closedEngine_doesNotWaitForIdleSequences() {
        startWithPatience();
        send(7L, START, false);
        replaceByVersion2();
        send(8L, START, false);

        assertThat(rig.engine().requestsInFlight()).as("the sequences").isEqualTo(2);
        rig.closeAndCheck();
        assertThat(rig.delayer.pending()).as("timers of sequences").isLessThanOrEqualTo(1);
    }

    @Test
    void textThatIsTooLong_isRefused() {
        rig.start();

        assertThat(send("x".repeat(129), false, false).failure().code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(send("x".repeat(129), START, false).failure().code()).isEqualTo(ErrorCode.UNSUPPORTED);
        rig.closeAndCheck();
    }

    @Test
    void inputOfTheServersOwn_isRefused() {
        rig.configs.put(
                "m",
                config -> config.sequenceBatching(new SequenceBatching(
                        Direct.DEFAULT,
                        SequenceBatching.DEFAULT_MAX_IDLE,
                        List.of(SequenceBatching.Control.correlationId("INPUT1", DataType.INT64)),
                        List.of())));
        rig.start();
        InferenceRequest plain = rig.request(ModelSelector.latest("m"));
        RecordingSink sink = new RecordingSink();
        rig.infer(
                InferenceRequest.of(
                        plain.model(),
                        List.of(plain.inputs().get(0), plain.inputs().get(0).renamed("INPUT1"))),
                sink);

        assertThat(sink.failure()).hasMessageEndingWith("unexpected inference input 'INPUT1' for model 'm'");
        rig.closeAndCheck();
    }
}
