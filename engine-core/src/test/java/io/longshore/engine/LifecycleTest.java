package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelSelector;
import io.longshore.model.VersionPolicy;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.spi.HeldItems;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Loading, replacing and failing, as a repository that is polled calls for it. */
class LifecycleTest {
    private final EngineRig rig = new EngineRig(EngineRig.polling(Duration.ofSeconds(15)));

    @Test
    void versionPolicies_selectWhatIsServed() {
        for (String model : Set.of("latest", "latest2", "all", "specific")) {
            rig.repository.put(model, 1, 1).put(model, 2, 1).put(model, 10, 1);
        }
        rig.configs.put("latest2", config -> config.versionPolicy(new VersionPolicy.Latest(2)));
        rig.allVersions("all");
        rig.configs.put(
                "specific",
                config -> config.versionPolicy(new VersionPolicy.Specific(new TreeSet<>(Set.of(1L, 3L, 10L)))));
        rig.start();

        assertThat(rig.engine().describe(ModelSelector.latest("latest")).versions())
                .containsExactly(10L);
        assertThat(rig.engine().describe(ModelSelector.latest("latest2")).versions())
                .containsExactly(2L, 10L);
        assertThat(rig.engine().describe(ModelSelector.latest("all")).versions())
                .containsExactly(1L, 2L, 10L);
        assertThat(rig.engine().describe(ModelSelector.latest("specific")).versions())
                .containsExactly(1L, 10L);
        assertThat(rig.engine().describe(ModelSelector.exact("all", 2)).versions())
                .containsExactly(2L);
        rig.closeAndCheck();
    }

    @Test
    void unchangedRepository_isLeftAlone() {
        rig.repository.put("m");
        rig.start();
        rig.poll();
        rig.poll();

        assertThat(rig.backend.loads()).isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void changedVersion_loadsFirstAndDrainsTheOldWhileItAnswers() {
        HeldItems held = new HeldItems();
        rig.backend.behave("m", held);
        rig.repository.put("m");
        rig.start();
        RecordingSink onOld = rig.infer("m");
        rig.inference.runAll();
        rig.repository.put("m", 1, 2);
        rig.poll();
        rig.poll();

        assertThat(rig.backend.openModels()).as("old and new").isEqualTo(2);
        RecordingSink onNew = rig.infer("m");
        rig.inference.runAll();
        held.answerNext();
        rig.loading.runAll();
        assertThat(onOld.responses()).hasSize(1);
        assertThat(rig.backend.openModels()).as("the old one is gone").isEqualTo(1);
        held.answerNext();
        assertThat(onNew.responses()).hasSize(1);
        rig.closeAndCheck();
    }

    @Test
    void newerVersion_replacesTheOlder() {
        rig.repository.put("m");
        rig.start();
        rig.repository.put("m", 2, 1);
        rig.poll();
        assertThat(rig.index()).as("one look is not enough").containsExactly("m:1 READY");
        rig.poll();

        assertThat(rig.index()).containsExactly("m:1 UNAVAILABLE unloaded", "m:2 READY");
        RecordingSink sink = rig.infer("m");
        rig.inference.runAll();
        assertThat(sink.responses().get(0).model().version()).isEqualTo(2);
        rig.closeAndCheck();
    }

    @Test
    void versionTakenAway_isForgottenOnceItIsGone() {
        rig.allVersions("m").repository.put("m", 1, 1).put("m", 2, 1);
        rig.start();
        rig.repository.remove("m", 1);
        rig.poll();
        rig.poll();
        assertThat(rig.index()).containsExactly("m:1 UNAVAILABLE unloaded", "m:2 READY");
        rig.repository.put("m", 3, 1);
        rig.poll();
        rig.poll();

        assertThat(rig.index()).containsExactly("m:2 READY", "m:3 READY");
        rig.closeAndCheck();
    }

    @Test
    void failingNewVersion_leavesTheOldServingAndTellsWhy() {
        rig.backend.fail("m/2", Fault.LOAD);
        rig.repository.put("m");
        rig.start();
        rig.repository.put("m", 2, 1);
        rig.poll();
        rig.poll();

        assertThat(rig.index()).containsExactly("m:1 READY", "m:2 UNAVAILABLE fake fault LOAD");
        assertThat(rig.engine().readiness().isReady()).isTrue();
        RecordingSink sink = rig.infer("m");
        rig.inference.runAll();
        assertThat(sink.responses().get(0).model().version()).isEqualTo(1);
        assertThat(rig.infer(ModelSelector.exact("m", 2)).failure().code()).isEqualTo(ErrorCode.MODEL_NOT_READY);
        rig.closeAndCheck();
    }

    @Test
    void changedFilesThatFail_leaveTheVersionServingUntilTheyAreMended() {
        rig.repository.put("m");
        rig.start();
        rig.backend.fail("m", Fault.NEW_INSTANCE);
        rig.repository.put("m", 1, 2);
        rig.poll();
        rig.poll();
        assertThat(rig.index()).containsExactly("m:1 READY fake fault NEW_INSTANCE");
        assertThat(rig.backend.openModels()).isEqualTo(1);

        rig.repository.put("m", 1, 1);
        rig.poll();
        rig.poll();
        assertThat(rig.index()).as("the old files are back").containsExactly("m:1 READY");
        assertThat(rig.backend.loads()).isEqualTo(2);
        rig.closeAndCheck();
    }

    @Test
    void oneOfSeveralNewVersionsThatFails_keepsAllOfThemOut() {
        rig.allVersions("m").repository.put("m", 1, 1);
        rig.backend.fail("m/3", Fault.LOAD);
        rig.start();
        rig.repository.put("m", 2, 1).put("m", 3, 1);
        rig.poll();
        rig.poll();

        assertThat(rig.index())
                .containsExactly(
                        "m:1 READY",
                        "m:2 UNAVAILABLE not served because version 3 failed to load with it",
                        "m:3 UNAVAILABLE fake fault LOAD");
        assertThat(rig.backend.openModels()).isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void configThatBreaksWhileTheModelServes_isTheReasonOnItsLine() {
        rig.repository.put("m");
        rig.start();
        rig.configProblems.put("m", "max_batch_size is at least 0, got -1");
        rig.repository.touch("m", 2);
        rig.poll();
        rig.poll();

        assertThat(rig.index()).containsExactly("m:1 READY max_batch_size is at least 0, got -1");
        assertThat(rig.engine().readiness().isReady()).isTrue();
        rig.closeAndCheck();
    }

    @Test
    void badModelsAmongGoodOnes_leaveTheOthersServingAndHaveTheirReasons() {
        for (int i = 0; i < 50; i++) {
            rig.repository.put("m" + i);
        }
        rig.backend.fail("m0", Fault.LOAD).fail("m1", Fault.COMPLETE).fail("m2", Fault.NEW_INSTANCE);
        rig.backend.fail("m3", Fault.LOAD_ERROR);
        rig.configProblems.put("m4", "field 'x' is unknown");
        rig.configBugs.put("m5", new IllegalStateException("the reader broke"));
        rig.repository.problem("m6", "no permission");
        rig.start();

        assertThat(rig.engine().readyModels()).hasSize(43);
        assertThat(rig.index())
                .contains(
                        "m0:1 UNAVAILABLE fake fault LOAD",
                        "m1:1 UNAVAILABLE fake fault COMPLETE",
                        "m2:1 UNAVAILABLE fake fault NEW_INSTANCE",
                        "m3:1 UNAVAILABLE the fake library is missing",
                        "m4:0 UNAVAILABLE field 'x' is unknown",
                        "m5:0 UNAVAILABLE the reader broke",
                        "m6:0 UNAVAILABLE no permission");
        assertThat(rig.engine().readiness().reason()).contains("[m0, m1, m2, m3, m4, m5, m6]");
        assertThat(rig.infer("m4").failure()).hasMessageContaining("field 'x' is unknown");
        rig.closeAndCheck();
    }

    @Test
    void failedVersion_canBeLoadedOnceItsFilesChange() {
        rig.backend.fail("m", Fault.LOAD_ERROR);
        rig.repository.put("m");
        rig.start();
        rig.backend.fail("m");
        rig.repository.put("m", 1, 2);
        rig.poll();
        rig.poll();

        assertThat(rig.index()).containsExactly("m:1 READY");
        rig.closeAndCheck();
    }

    @Test
    void modelTakenAway_isUnloadedOnceItsRequestsAreAnswered() {
        HeldItems held = new HeldItems();
        rig.backend.behave("m", held);
        rig.repository.put("m", "other");
        rig.start();
        RecordingSink sink = rig.infer("m");
        rig.inference.runAll();
        rig.repository.remove("m");
        rig.poll();
        assertThat(rig.infer("m").outcome()).as("one look is not enough").isEqualTo("OPEN");
        rig.poll();

        assertThat(rig.index()).contains("m:1 UNLOADING unloaded");
        assertThat(rig.infer("m").failure().code()).isEqualTo(ErrorCode.VERSION_NOT_FOUND);
        assertThat(rig.engine().readiness().isReady()).as("nobody wants it").isTrue();
        held.answerNext();
        rig.inference.runAll();
        held.answerNext();
        rig.loading.runAll();
        assertThat(sink.responses()).hasSize(1);
        assertThat(rig.index()).contains("m:1 UNAVAILABLE unloaded");
        rig.closeAndCheck();
    }

    @Test
    void modelThatCannotBeReadForAWhile_servesOn() {
        rig.repository.put("m");
        rig.start();
        rig.repository.problem("m", "I/O error");
        rig.poll();
        rig.poll();
        assertThat(rig.index()).containsExactly("m:1 READY I/O error");
        rig.repository.problem("m", "").unreadable(true);
        rig.poll();
        assertThat(rig.engine().readiness().isReady()).isTrue();
        rig.repository.unreadable(false);
        rig.poll();
        rig.poll();

        assertThat(rig.index()).containsExactly("m:1 READY");
        assertThat(rig.backend.loads()).isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void repositoryThatComesLater_isLoadedAtItsFirstLook() {
        rig.repository.put("m").unreadable(true);
        rig.start();
        assertThat(rig.engine().isStarted()).isTrue();
        assertThat(rig.engine().readiness().reason()).contains("the fake repository is unreadable");
        rig.repository.unreadable(false);
        rig.poll();

        assertThat(rig.engine().readiness().isReady()).isTrue();
        assertThat(rig.engine().readyModels()).containsExactly("m");
        rig.closeAndCheck();
    }

    @Test
    void closeFailures_neitherHangNorKeepMemoryBooked() {
        rig.backend.fail("m", Fault.CLOSE_MODEL, Fault.CLOSE_INSTANCE);
        rig.repository.put("m", "n");
        rig.start();

        rig.closeAndCheck();
    }

    @Test
    void pollInterval_canBeEndless() {
        EngineRig endless = new EngineRig(EngineRig.polling(Duration.ofSeconds(Long.MAX_VALUE)));
        endless.repository.put("m");
        endless.start();

        assertThat(endless.engine().readiness().isReady()).isTrue();
        endless.closeAndCheck();
    }

    @Test
    void emptyRepository_isReady() {
        rig.start();

        assertThat(rig.engine().readiness().isReady()).isTrue();
        assertThat(rig.index()).isEmpty();
        rig.closeAndCheck();
    }

    @Test
    void lenientReadiness_doesNotWaitForBrokenModels() {
        EngineOptions some = EngineOptions.DEFAULT;
        EngineRig lenient = new EngineRig(new EngineOptions(
                ControlMode.NONE, Set.of(), some.pollInterval(), false, true, 8, some.backendSettings()));
        lenient.backend.fail("m", Fault.LOAD);
        lenient.repository.put("m");
        assertThat(lenient.engine().readiness().reason()).isEqualTo("the models are being loaded");
        lenient.start();

        assertThat(lenient.engine().readiness().isReady()).isTrue();
        assertThat(lenient.engine().readiness(ModelSelector.latest("m")).reason())
                .contains("fake fault LOAD");
        lenient.closeAndCheck();
    }

    @Test
    void closeWhileTheModelsLoad_leavesNothingBehind() {
        rig.repository.put("a", "b", "c");
        CompletableFuture<Void> started = rig.engine().start().toCompletableFuture();
        // The scan, and the first of the three loads.
        rig.loading.runNext();
        rig.loading.runNext();

        rig.closeAndCheck();
        assertThat(started).isDone();
        assertThat(rig.backend.loads()).isEqualTo(1);
    }

    @Test
    void closeBeforeTheFirstScan_loadsNothing() {
        rig.repository.put("a");
        CompletableFuture<Void> started = rig.engine().start().toCompletableFuture();

        rig.closeAndCheck();
        rig.loading.runAll();
        assertThat(started).isDone();
        assertThat(rig.backend.loads()).isZero();
        rig.assertNothingIsLeft();
    }

    @Test
    void closeAfterItsThreadsAreGone_stillClosesTheModels() {
        rig.repository.put("a");
        rig.start();
        rig.loading.close();

        rig.closeAndCheck();
    }
}
