package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.spi.HeldItems;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loading and unloading by call. */
class ExplicitModeTest {
    private final EngineRig rig = new EngineRig(ControlMode.EXPLICIT);

    private static EngineRig loadingAtStart(String... names) {
        EngineOptions some = EngineOptions.DEFAULT;
        return new EngineRig(new EngineOptions(
                ControlMode.EXPLICIT,
                Set.of(names),
                some.pollInterval(),
                true,
                true,
                some.maxQueueSize(),
                some.backendSettings()));
    }

    private CompletableFuture<Void> load(String name) {
        return moved(rig.engine().load(name));
    }

    private CompletableFuture<Void> unload(String name) {
        return moved(rig.engine().unload(name));
    }

    private CompletableFuture<Void> moved(CompletionStage<Void> stage) {
        rig.loading.runAll();
        return stage.toCompletableFuture();
    }

    private static InferenceException failureOf(CompletionStage<Void> stage) {
        List<Throwable> failures = new ArrayList<>();
        stage.whenComplete((done, failure) -> failures.add(failure));
        assertThat(failures).as("outcome").hasSize(1);
        assertThat(failures.get(0)).isInstanceOf(InferenceException.class);
        return (InferenceException) failures.get(0);
    }

    @Test
    void start_loadsJustWhatIsNamed() {
        EngineRig some = loadingAtStart("a", "missing");
        some.repository.put("a", "b");
        some.start();

        assertThat(some.index())
                .containsExactly(
                        "a:1 READY",
                        "b:0 UNKNOWN",
                        "missing:0 UNAVAILABLE model 'missing' is not in the model repository");
        assertThat(some.engine().readiness().reason()).contains("[missing]");
        some.closeAndCheck();
    }

    @Test
    void star_loadsEverything() {
        EngineRig all = loadingAtStart("*");
        all.repository.put("a", "b");
        all.start();

        assertThat(all.engine().readyModels()).containsExactly("a", "b");
        assertThat(all.engine().readiness().isReady()).isTrue();
        all.closeAndCheck();
    }

    @Test
    void unreadableModelNobodyAskedFor_doesNotKeepTheServerFromBeingReady() {
        rig.repository.put("a").problem("broken", "no permission");
        rig.start();

        assertThat(rig.engine().readiness().isReady()).isTrue();
        assertThat(failureOf(load("broken")))
                .hasMessage("failed to load 'broken', failed to poll from model repository: no permission");
        rig.closeAndCheck();
    }

    @Test
    @Timeout(30)
    void modelOnItsWay_isNotSaidToBeUnloaded() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a")).isCompleted();
        assertThat(unload("a")).isCompleted();
        CountDownLatch gate = rig.backend.holdLoads("a");
        CompletableFuture<Void> loaded = rig.engine().load("a").toCompletableFuture();
        CompletableFuture<Void> thread = CompletableFuture.runAsync(rig.loading::runAll);
        while (rig.backend.loads() < 2) {
            Thread.onSpinWait();
        }

        assertThat(rig.index()).containsExactly("a:1 LOADING");
        gate.countDown();
        thread.join();
        assertThat(loaded).isCompleted();
        rig.closeAndCheck();
    }

    @Test
    void loadAndUnload_doWhatTheySay() {
        rig.repository.put("a");
        rig.start();
        assertThat(rig.infer("a").failure().code()).isEqualTo(ErrorCode.VERSION_NOT_FOUND);
        assertThat(load("a")).isCompleted();
        assertThat(load("a")).as("no change").isCompleted();
        assertThat(rig.backend.loads()).isEqualTo(1);
        assertThat(unload("a")).isCompleted();

        assertThat(rig.backend.openModels()).isZero();
        assertThat(rig.index()).containsExactly("a:1 UNAVAILABLE unloaded");
        assertThat(rig.infer("a").failure())
                .hasMessage("Request for unknown model: 'a' has no available versions: unloaded");
        assertThat(load("a")).isCompleted();
        assertThat(rig.index()).containsExactly("a:1 READY");
        rig.closeAndCheck();
    }

    @Test
    void loadThatFails_tellsWhy() {
        rig.backend.fail("a", Fault.LOAD);
        rig.repository.put("a");
        rig.start();

        InferenceException failure = failureOf(load("a"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure)
                .hasMessage("load failed for model 'a': version 1 is at UNAVAILABLE state: fake fault LOAD;\n");
        rig.closeAndCheck();
    }

    @Test
    void loadThatFails_isTriedAgainAsOftenAsWanted() {
        EngineRig retrying = new EngineRig(EngineOptions.DEFAULT
                .withMode(ControlMode.EXPLICIT)
                .withLoading(new EngineOptions.Loading(2, false, 1)));
        retrying.backend.fail("a", Fault.LOAD);
        retrying.repository.put("a", "b");
        retrying.start();
        CompletionStage<Void> failing = retrying.engine().load("a");
        retrying.loading.runAll();

        assertThat(failureOf(failing)).hasMessageContaining("fake fault LOAD");
        assertThat(retrying.backend.loads()).isEqualTo(3);
        retrying.engine().load("b");
        retrying.loading.runAll();
        assertThat(retrying.backend.loads()).as("what loads is loaded once").isEqualTo(4);
        retrying.closeAndCheck();
    }

    @Test
    void modelWithoutVersions_isNotAvailable() {
        rig.repository.put("a").remove("a", 1);
        rig.start();

        InferenceException failure = failureOf(load("a"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure).hasMessageStartingWith("failed to load 'a', no version is available: ");
        assertThat(rig.index().get(0)).startsWith("a:0 UNAVAILABLE no version is available: ");
        rig.closeAndCheck();
    }

    @Test
    void brokenConfiguration_failsAsTritonDoes() {
        rig.configProblems.put("a", "config.pbtxt:1: nonsense");
        rig.repository.put("a");
        rig.start();

        InferenceException failure = failureOf(load("a"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure)
                .hasMessage("failed to load 'a', failed to poll from model repository: config.pbtxt:1: nonsense");
        rig.closeAndCheck();
    }

    @Test
    void unloadWhoseFilesAreGone_succeeds() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a")).isCompleted();
        rig.repository.remove("a");

        assertThat(moved(rig.engine().unload("a", true))).isCompleted();
        assertThat(unload("a")).as("once more").isCompleted();
        assertThat(rig.backend.openModels()).isZero();
        assertThat(failureOf(load("a"))).hasMessage("failed to load 'a', failed to poll from model repository");
        rig.closeAndCheck();
    }

    @Test
    void impossibleNames_areRefused() {
        rig.start();

        assertThat(failureOf(load(""))).hasMessage("Model name cannot be empty. Please enter a valid name to deploy.");
        for (String name : Set.of("../a", "a/b", "a\\b", "..", "a\0b")) {
            assertThat(failureOf(load(name)))
                    .hasMessage(
                            "invalid model name '" + name + "', model name must not contain path traversal characters");
        }
        InferenceException unknown = failureOf(load("nobody"));
        assertThat(unknown).hasMessage("failed to load 'nobody', failed to poll from model repository");
        assertThat(unknown.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(unload("nobody")).isCompleted();
        assertThat(rig.index()).as("names that nobody knows leave no trace").isEmpty();
        rig.closeAndCheck();
    }

    @Test
    void repositoryThatFailsDuringALoad_failsThatLoadAlone() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a")).isCompleted();
        rig.repository.unreadable(true);

        assertThat(failureOf(load("a"))).hasMessageContaining("failed to poll from model repository");
        assertThat(rig.engine().readiness().isReady()).as("a serves on").isTrue();
        rig.closeAndCheck();
    }

    @Test
    void otherModes_refuseTheCalls() {
        EngineRig fixed = new EngineRig(ControlMode.NONE);
        fixed.start();

        assertThat(failureOf(fixed.engine().load("a").toCompletableFuture()))
                .hasMessage("explicit model load / unload is not allowed if polling is enabled");
        assertThat(failureOf(fixed.engine().unload("a").toCompletableFuture()).code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
        fixed.closeAndCheck();
    }

    @Test
    void unload_waitsForRequestsInFlightAlsoOnVersionsReplacedBefore() {
        HeldItems held = new HeldItems();
        rig.backend.behave("a", held);
        rig.repository.put("a");
        rig.start();
        assertThat(load("a")).isCompleted();
        RecordingSink onFirst = rig.infer("a");
        rig.inference.runAll();
        rig.repository.put("a", 1, 2);
        assertThat(load("a")).isCompleted();
        RecordingSink onSecond = rig.infer("a");
        rig.inference.runAll();
        CompletableFuture<Void> unloaded = unload("a");
        assertThat(rig.backend.openModels()).isEqualTo(2);

        ExecutionItem first = held.take();
        held.answerNext();
        rig.loading.runAll();
        assertThat(onSecond.responses()).hasSize(1);
        assertThat(unloaded).as("the replaced version still works").isNotDone();
        first.respond(List.of(), Parameters.NONE, true);
        rig.loading.runAll();
        assertThat(onFirst.isEnded()).isTrue();
        assertThat(unloaded).isCompleted();
        rig.closeAndCheck();
    }

    @Test
    void callsOnOneModel_takeEffectInTheirOrder() {
        rig.repository.put("a");
        rig.start();
        CompletionStage<Void> load = rig.engine().load("a");
        CompletionStage<Void> unload = rig.engine().unload("a");
        rig.loading.runAll();

        assertThat(load.toCompletableFuture()).isCompleted();
        assertThat(unload.toCompletableFuture()).isCompleted();
        assertThat(rig.backend.openModels()).isZero();
        assertThat(rig.engine().readiness().isReady()).as("nobody wants it").isTrue();
        rig.closeAndCheck();
    }

    @Test
    void loadAfterTheStop_isRefused() {
        rig.repository.put("a");
        rig.start();
        rig.engine().stopAccepting();

        assertThat(failureOf(load("a")).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        rig.closeAndCheck();
    }
}
