package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RecordingSink;
import io.longshore.model.InstanceGroup;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.model.SequenceBatching;
import io.longshore.spi.HeldItems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A model whose calls do not come back, and a server that goes on. */
class StuckInstanceTest {
    private final EngineRig rig = new EngineRig(ControlMode.EXPLICIT);
    private final HeldItems held = new HeldItems();
    private final List<RecordingSink> sinks = new ArrayList<>();

    private void start(int instances, Consumer<ModelConfig.Builder> draft) {
        rig.configs.put("m", config -> {
            config.instanceGroups(List.of(new InstanceGroup(InstanceGroup.Kind.CPU, instances, List.of())));
            draft.accept(config);
        });
        rig.backend.behave("m", held);
        rig.repository.put("m");
        rig.repository.put("other");
        rig.start();
        load("m");
        load("other");
    }

    private void load(String model) {
        CompletableFuture<Void> loaded = rig.engine().load(model).toCompletableFuture();
        rig.loading.runAll();
        assertThat(loaded).isCompleted();
    }

    private RecordingSink send() {
        RecordingSink sink = rig.infer("m");
        rig.inference.runAll();
        sinks.add(sink);
        return sink;
    }

    private void pass(int seconds) {
        rig.delayer.advance(Duration.ofSeconds(seconds));
        rig.inference.runAll();
    }

    private String whyNotReady() {
        return rig.engine().readiness(ModelSelector.latest("m")).reason();
    }

    private void finish() {
        while (held.answerAll() > 0) {
            rig.inference.runAll();
        }
        rig.closeAndCheck();
    }

    @Test
    void callThatDoesNotReturn_makesItsModelAloneUnreadyUntilItDoes() {
        List<Boolean> told = new ArrayList<>();
        start(1, config -> {});
        rig.engine()
                .listen(() -> told.add(
                        rig.engine().readiness(ModelSelector.latest("m")).isReady()));
        send();
        pass(59);
        assertThat(rig.engine().readiness(ModelSelector.latest("m")).isReady()).isTrue();
        pass(1);

        String reason = "model 'm' is stuck: 1 of 1 instances at work on one execution for 60 s without an answer,"
                + " which is longer than 60 s";
        assertThat(whyNotReady()).isEqualTo(reason);
        assertThat(rig.index()).containsExactly("m:1 UNAVAILABLE " + reason, "other:1 READY");
        assertThat(rig.engine().readiness(ModelSelector.latest("other")).isReady())
                .isTrue();
        assertThat(rig.infer("other").responses()).hasSize(1);

        held.answerNext();
        assertThat(rig.engine().readiness(ModelSelector.latest("m")).isReady()).isTrue();
        assertThat(rig.index()).containsExactly("m:1 READY", "other:1 READY");
        assertThat(told).containsExactly(false, true);
        finish();
    }

    @Test
    void requestsToAModelOfStuckInstancesAlone_areRefusedAtOnceWithTheReason() {
        start(2, config -> {});
        send();
        send();
        RecordingSink waiting = send();
        pass(61);
        RecordingSink late = send();

        assertThat(late.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(late.failure()).hasMessageStartingWith("model 'm' is stuck: 2 of 2 instances");
        assertThat(waiting.outcome()).as("what waited before waits on").isEqualTo("OPEN");
        held.answerNext();
        assertThat(send().outcome()).as("one instance works again").isEqualTo("OPEN");
        finish();
    }

    @Test
    void otherInstances_serveOnWhileOneIsStuck() {
        start(2, config -> {});
        send();
        pass(61);
        RecordingSink served = send();
        RecordingSink waits = send();
        assertThat(whyNotReady()).startsWith("model 'm' is stuck: 1 of 2 instances");

        rig.delayer.advance(Duration.ofSeconds(1));
        held.take().fail(new InferenceException(ErrorCode.MODEL_FAILED, "it came to its senses"));
        rig.inference.runAll();
        assertThat(sinks.get(0).failure()).hasMessage("it came to its senses");
        assertThat(whyNotReady()).isEmpty();
        held.answerAll();
        assertThat(served.responses()).hasSize(1);
        assertThat(waits.outcome()).isEqualTo("OK");
        finish();
    }

    @Test
    void requestThatWaitsBehindAStuckOne_endsAtItsDeadline() {
        start(1, config -> {});
        send();
        InferenceRequest plain = rig.request(ModelSelector.latest("m"));
        RecordingSink waits = new RecordingSink();
        rig.infer(
                new InferenceRequest(
                        "",
                        plain.model(),
                        plain.inputs(),
                        plain.outputs(),
                        plain.parameters(),
                        plain.options().withDeadline(Deadline.after(Duration.ofSeconds(90), rig.ticker))),
                waits);
        pass(61);
        assertThat(waits.outcome()).isEqualTo("OPEN");
        pass(30);

        assertThat(waits.failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        finish();
    }

    @Test
    void modelsOwnLimit_winsOverTheServers() {
        start(1, config -> config.parameter("longshore.stuck_after_ms", "1500"));
        send();
        pass(2);

        assertThat(whyNotReady()).endsWith("for 2 s without an answer, which is longer than 1.5 s");
        finish();
    }

    @Test
    void limitOfZero_isNone() {
        start(1, config -> config.parameter("longshore.stuck_after_ms", "0"));
        send();
        pass(100_000);

        assertThat(whyNotReady()).isEmpty();
        finish();
    }

    @Test
    void limitThatIsNoNumber_failsTheLoad() {
        rig.configs.put("m", config -> config.parameter("longshore.stuck_after_ms", "soon"));
        rig.repository.put("m");
        rig.start();
        CompletableFuture<Void> loaded = rig.engine().load("m").toCompletableFuture();
        rig.loading.runAll();

        assertThatThrownBy(loaded::join)
                .hasMessageContaining("parameter longshore.stuck_after_ms is a number of milliseconds from 0, which is"
                        + " never, to 4294967295, got 'soon'");
        finish();
    }

    @Test
    void unloadOfAStuckModel_saysSoInsteadOfWaitingForEver() {
        start(1, config -> {});
        send();
        CompletableFuture<Void> early = rig.engine().unload("m", false).toCompletableFuture();
        rig.loading.runAll();
        assertThat(early).isNotDone();
        pass(61);
        CompletableFuture<Void> late = rig.engine().unload("m", false).toCompletableFuture();
        rig.loading.runAll();

        for (CompletableFuture<Void> each : List.of(early, late)) {
            assertThatThrownBy(each::join)
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("is unloaded when its last execution is over: model 'm' is stuck");
        }
        assertThat(rig.index()).contains("m:1 UNLOADING unloaded");
        held.answerNext();
        rig.loading.runAll();
        assertThat(rig.index()).contains("m:1 UNAVAILABLE unloaded");
        assertThat(rig.backend.openModels()).isOne();
        finish();
    }

    @Test
    void unloadOfABusyModel_waitsForItsRequests() {
        start(1, config -> {});
        send();
        CompletableFuture<Void> unloaded = rig.engine().unload("m", false).toCompletableFuture();
        rig.loading.runAll();
        pass(59);
        assertThat(unloaded).isNotDone();
        held.answerNext();
        rig.loading.runAll();

        assertThat(unloaded).isCompleted();
        finish();
    }

    @Test
    void sequencesOfAStuckModel_areRefusedAndGoOnAfterwards() {
        start(
                1,
                config -> config.sequenceBatching(new SequenceBatching(
                        SequenceBatching.Direct.DEFAULT, Duration.ofHours(1), List.of(), List.of())));
        sequence(1, true, false);
        pass(61);
        assertThat(whyNotReady()).startsWith("model 'm' is stuck: 1 of 1 instances");
        RecordingSink refused = sequence(1, false, true);
        assertThat(refused.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);

        held.answerNext();
        assertThat(whyNotReady()).isEmpty();
        RecordingSink goesOn = sequence(1, false, true);
        held.answerNext();
        assertThat(goesOn.responses()).hasSize(1);
        finish();
    }

    private RecordingSink sequence(long id, boolean start, boolean end) {
        return rig.inferInSequence(ModelSelector.latest("m"), id, start, end);
    }
}
