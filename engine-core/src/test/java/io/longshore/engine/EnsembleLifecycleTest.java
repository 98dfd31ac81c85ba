package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Readiness;
import io.longshore.inference.RecordingSink;
import io.longshore.model.Ensemble.Step;
import io.longshore.model.ModelSelector;
import io.longshore.model.VersionPolicy;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Ensembles come and go with their parts. */
class EnsembleLifecycleTest {
    private final EngineRig polled = new EngineRig(EngineRig.polling(Duration.ofSeconds(15)));
    private final EngineRig explicit = new EngineRig(ControlMode.EXPLICIT);

    private static Readiness readiness(EngineRig rig, String model) {
        return rig.engine().readiness(ModelSelector.latest(model));
    }

    private static void settle(EngineRig rig) {
        rig.poll();
        rig.poll();
    }

    private void load(String name) {
        CompletionStage<Void> load = explicit.engine().load(name);
        explicit.loading.runAll();
        assertThat(load).isCompleted();
    }

    private InferenceException refusal(CompletionStage<Void> stage) {
        explicit.loading.runAll();
        List<Throwable> failures = new ArrayList<>();
        stage.whenComplete((done, failure) -> failures.add(failure));
        assertThat(failures).singleElement().isInstanceOf(InferenceException.class);
        return (InferenceException) failures.get(0);
    }

    private void unload(String name, boolean withDependents) {
        CompletionStage<Void> unload = explicit.engine().unload(name, withDependents);
        explicit.loading.runAll();
        assertThat(unload).isCompleted();
    }

    @Test
    void orderOfLoading_doesNotMatter() {
        EngineRig rig = new EngineRig();
        rig.configs.put("a_first", Ensembles.chain("m", "z_last"));
        rig.configs.put("z_last", Ensembles.chain("m"));
        rig.repository.put("a_first", "m", "z_last");
        rig.start();

        assertThat(rig.index()).containsExactly("a_first:1 READY", "m:1 READY", "z_last:1 READY");
        assertThat(rig.engine().readiness().isReady()).isTrue();
        rig.closeAndCheck();
    }

    @Test
    void partThatFails_isNamedWithItsReason() {
        polled.backend.fail("m", Fault.LOAD);
        polled.configs.put("e", Ensembles.chain("m"));
        polled.repository.put("e", "m");
        polled.start();

        String reason = "ensemble 'e' depends on 'm' which has no loaded version. Model 'm' loading failed with error:"
                + " version 1 is at UNAVAILABLE state: fake fault LOAD";
        assertThat(polled.index()).contains("e:1 UNAVAILABLE " + reason);
        assertThat(readiness(polled, "e").reason())
                .isEqualTo("Request for unknown model: 'e' has no available versions: " + reason);
        assertThat(polled.infer("e").failure().code()).isEqualTo(ErrorCode.VERSION_NOT_FOUND);
        assertThat(polled.engine().readiness().reason()).contains("[e, m]");
        polled.closeAndCheck();
    }

    @Test
    void partThatGoesAndComesBack_takesTheEnsembleWithIt() {
        polled.configs.put("e", Ensembles.chain("m"));
        polled.configs.put("outer", Ensembles.chain("e"));
        polled.repository.put("e", "m", "outer");
        polled.start();
        polled.repository.remove("m");
        settle(polled);

        assertThat(polled.index())
                .containsExactly(
                        "e:1 UNAVAILABLE ensemble 'e' depends on 'm' which has no loaded version.",
                        "m:1 UNAVAILABLE unloaded",
                        "outer:1 UNAVAILABLE ensemble 'outer' depends on 'e' which has no loaded version. Model 'e'"
                                + " loading failed with error: ensemble 'e' depends on 'm' which has no loaded version.");
        polled.repository.put("m");
        settle(polled);
        assertThat(polled.index()).containsExactly("e:1 READY", "m:1 READY", "outer:1 READY");
        assertThat(polled.infer("outer").responses()).hasSize(1);
        polled.closeAndCheck();
    }

    @Test
    void reloadedPart_isUsedWithoutAGap() {
        polled.configs.put("e", Ensembles.chain("m"));
        polled.repository.put("e", "m");
        polled.start();
        polled.infer("e").responses();
        polled.repository.put("m", 2, 1);
        settle(polled);

        assertThat(polled.index()).containsExactly("e:1 READY", "m:1 UNAVAILABLE unloaded", "m:2 READY");
        assertThat(polled.infer("e").responses()).hasSize(1);
        assertThat(polled.engine()
                        .statistics(ModelSelector.exact("m", 2))
                        .get(0)
                        .success()
                        .count())
                .isEqualTo(1);
        assertThat(polled.engine()
                        .statistics(ModelSelector.latest("e"))
                        .get(0)
                        .success()
                        .count())
                .as("the ensemble is the same")
                .isEqualTo(2);
        polled.closeAndCheck();
    }

    @Test
    void partThatNoLongerFits_isRefusedWithTritonsText() {
        polled.configs.put("e", Ensembles.chain("m"));
        polled.repository.put("e", "m");
        polled.start();
        polled.configs.put("m", config -> config.inputs(List.of(Ensembles.input("OTHER"))));
        polled.repository.touch("m", 9);
        settle(polled);

        assertThat(polled.index().get(0))
                .isEqualTo(
                        "e:1 UNAVAILABLE in ensemble e, ensemble tensor INPUT0 is mapping to non-existing input INPUT0"
                                + " in model m; in ensemble e, input OTHER in model m is not mapped to any ensemble tensors");
        assertThat(polled.index()).contains("m:1 READY");
        polled.closeAndCheck();
    }

    @Test
    void partThatBecomesDecoupled_makesTheEnsembleSo() {
        polled.configs.put("e", Ensembles.chain("m"));
        polled.repository.put("e", "m");
        polled.start();
        polled.configs.put("m", config -> config.decoupled(true));
        polled.backend.behave("m", Ensembles.counting(2));
        polled.repository.touch("m", 9);
        settle(polled);

        assertThat(polled.engine().describe(ModelSelector.latest("e")).config().isDecoupled())
                .isTrue();
        RecordingSink sink = polled.infer("e");
        polled.inference.runAll();
        assertThat(sink.responses()).hasSize(3);
        polled.closeAndCheck();
    }

    @Test
    void requiredVersion_isUsedAndAskedFor() {
        polled.configs.put("m", config -> config.versionPolicy(new VersionPolicy.All()));
        polled.configs.put(
                "e", Ensembles.of(new Step("m", 1, Map.of("INPUT0", "INPUT0"), Map.of("OUTPUT0", "OUTPUT0"))));
        polled.repository.put("m", 1, 1).put("m", 2, 1).put("e", 1, 1);
        polled.start();
        polled.infer("e").responses();
        assertThat(polled.engine()
                        .statistics(ModelSelector.exact("m", 1))
                        .get(0)
                        .success()
                        .count())
                .isEqualTo(1);
        polled.repository.remove("m", 1);
        settle(polled);

        assertThat(polled.index().get(0))
                .isEqualTo("e:1 UNAVAILABLE ensemble 'e' depends on 'm' whose required version 1 is not loaded.");
        polled.closeAndCheck();
    }

    @Test
    void missingPart_isNamed() {
        polled.configs.put("e", Ensembles.chain("nobody", "none"));
        polled.repository.put("e");
        polled.start();

        assertThat(polled.index())
                .containsExactly(
                        "e:1 UNAVAILABLE ensemble e contains models that are not available or ambiguous: nobody, none");
        polled.closeAndCheck();
    }

    @Test
    void cycle_isRefusedForAllOfIt() {
        polled.configs.put("a", Ensembles.chain("b"));
        polled.configs.put("b", Ensembles.chain("a"));
        polled.configs.put("self", Ensembles.chain("self"));
        polled.repository.put("a", "b", "self");
        polled.start();

        assertThat(polled.index())
                .allMatch(line -> line.contains("UNAVAILABLE"))
                .anyMatch(line -> line.contains("circular dependency between ensembles: b -> ... -> a -> b"))
                .anyMatch(line -> line.contains("circular dependency between ensembles: self -> ... -> self -> self"));
        polled.configs.put("b", config -> {});
        polled.repository.touch("b", 2);
        settle(polled);
        assertThat(polled.index()).contains("a:1 READY", "b:1 READY");
        polled.closeAndCheck();
    }

    @Test
    void brokenPart_makesTheEnsembleUnready() {
        polled.configs.put("e", Ensembles.chain("m"));
        polled.backend.behave("m", item -> {
            throw new IllegalStateException("broken");
        });
        polled.repository.put("e", "m");
        polled.start();
        polled.backend.fail("m", Fault.NEW_INSTANCE);
        RecordingSink sink = polled.infer("e");

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(readiness(polled, "e").reason())
                .startsWith("ensemble 'e' depends on 'm' which is not ready: no instance of model 'm' is left");
        polled.closeAndCheck();
    }

    @Test
    void loadOfAnEnsemble_loadsItsParts() {
        explicit.configs.put("outer", Ensembles.chain("e", "m"));
        explicit.configs.put("e", Ensembles.chain("m", "n"));
        explicit.repository.put("outer", "e", "m", "n", "other");
        explicit.start();
        load("outer");

        assertThat(explicit.engine().readyModels()).containsExactly("e", "m", "n", "outer");
        assertThat(Tensors.floats(
                        explicit.infer("outer").responses().get(0).outputs().get(0)))
                .containsExactly(1f, 2f);
        explicit.closeAndCheck();
    }

    @Test
    void loadOfAnEnsembleWhosePartFails_tellsWhich() {
        explicit.configs.put("e", Ensembles.chain("m", "n"));
        explicit.repository.put("e", "n");
        explicit.start();

        assertThat(refusal(explicit.engine().load("e")))
                .hasMessage(
                        "load failed for model 'e': ensemble e contains models that are not available or ambiguous: m");
        explicit.repository.put("m");
        load("e");
        assertThat(explicit.engine().readyModels()).containsExactly("e", "m", "n");
        explicit.closeAndCheck();
    }

    @Test
    void unloadWithDependents_takesThePartsThatNobodyElseNeeds() {
        explicit.configs.put("e", Ensembles.chain("m", "shared", "named"));
        explicit.configs.put("f", Ensembles.chain("shared"));
        explicit.repository.put("e", "f", "m", "shared", "named");
        explicit.start();
        load("named");
        load("e");
        load("f");
        unload("e", true);
        assertThat(explicit.engine().readyModels()).containsExactly("f", "named", "shared");
        unload("f", false);

        assertThat(explicit.engine().readyModels()).containsExactly("named", "shared");
        explicit.closeAndCheck();
    }

    @Test
    void unloadOfAPart_leavesTheEnsembleWaitingForIt() {
        explicit.configs.put("e", Ensembles.chain("m"));
        explicit.repository.put("e", "m");
        explicit.start();
        load("e");
        unload("m", false);
        assertThat(readiness(explicit, "e").reason())
                .endsWith("ensemble 'e' depends on 'm' which has no loaded version.");
        load("m");
        assertThat(readiness(explicit, "e").isReady()).isTrue();
        unload("e", false);
        unload("m", false);
        load("m");

        assertThat(explicit.engine().readyModels())
                .as("an unloaded ensemble stays so")
                .containsExactly("m");
        explicit.closeAndCheck();
    }

    @Test
    void ensembleNamedAtTheStart_bringsItsParts() {
        EngineOptions some = EngineOptions.DEFAULT;
        EngineRig rig = new EngineRig(new EngineOptions(
                ControlMode.EXPLICIT,
                Set.of("e"),
                some.pollInterval(),
                true,
                true,
                some.maxQueueSize(),
                some.backendSettings()));
        rig.configs.put("e", Ensembles.chain("m"));
        rig.repository.put("e", "m", "other");
        rig.start();

        assertThat(rig.engine().readyModels()).containsExactly("e", "m");
        rig.closeAndCheck();
    }
}
