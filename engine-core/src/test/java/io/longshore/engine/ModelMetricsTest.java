package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.FailureReason;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.LatencyCounts;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.RecordingSink;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelSelector;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What monitoring is told of loaded versions. */
class ModelMetricsTest {
    private final EngineRig rig = new EngineRig();
    private final HeldItems held = new HeldItems();

    @Test
    void requestsThatRunAndWait_areInFlightAndOnlyTheLatterWait() {
        rig.backend.behave("m", held);
        rig.configs.put("m", config -> config.metricTag("team", "search"));
        rig.repository.put("m");
        rig.start();
        for (int i = 0; i < 5; i++) {
            rig.infer("m");
        }
        rig.inference.runAll();

        ModelMetrics metrics = only();
        assertThat(metrics.inFlight()).isEqualTo(5);
        assertThat(metrics.waiting()).isEqualTo(5 - held.size());
        assertThat(metrics.config().metricTags()).containsEntry("team", "search");
        while (held.answerAll() > 0) {
            rig.inference.runAll();
        }
        assertThat(only().inFlight()).isZero();
        assertThat(only().statistics().success().count()).isEqualTo(5);
        rig.closeAndCheck();
    }

    @Test
    void loadTime_isWhatLoadingTook() {
        rig.configs.put("m", config -> rig.ticker.advance(Duration.ofMillis(70)));
        rig.repository.put("m");
        rig.start();

        assertThat(only().loadTime()).isEqualTo(Duration.ofMillis(70));
        rig.closeAndCheck();
    }

    @Test
    void inputThatDoesNotFit_isOtherAndARefusal() {
        rig.repository.put("m");
        rig.start();
        InferenceRequest wrong = InferenceRequest.of(
                ModelSelector.latest("m"), List.of(Tensors.ofInts(rig.allocator, "INPUT0", Shape.of(2), 1, 2)));
        rig.infer(wrong, new RecordingSink());
        rig.infer("nobody");

        assertThat(only().failures()).containsEntry(FailureReason.OTHER, 1L);
        assertThat(rig.engine().refusals()).containsEntry(FailureReason.OTHER, 2L);
        rig.closeAndCheck();
    }

    @Test
    void drainedServer_countsItsRefusals() {
        rig.repository.put("m");
        rig.start();
        rig.engine().stopAccepting();
        rig.infer("m");

        assertThat(rig.engine().refusals()).containsEntry(FailureReason.REJECTED, 1L);
        assertThat(only().failures().values()).containsOnly(0L);
        rig.closeAndCheck();
    }

    @Test
    void bucketsOfTheConfiguration_areCountedIn() {
        rig.configs.put("m", config -> config.latencyBounds(LatencyFamily.REQUEST, List.of(1.0, 2.0)));
        rig.repository.put("m");
        rig.start();
        rig.infer("m");

        LatencyCounts request = only().latencies().get(0);
        assertThat(request.bounds()).containsExactly(1.0, 2.0);
        assertThat(request.counts()).containsExactly(1L, 0L, 0L);
        rig.closeAndCheck();
    }

    @Test
    void modelThatIsUnloaded_isNotToldOf() {
        EngineRig explicit = new EngineRig(ControlMode.EXPLICIT);
        explicit.repository.put("m", "known");
        explicit.start();
        load(explicit);
        assertThat(explicit.engine().metrics()).hasSize(1);
        explicit.engine().unload("m");
        explicit.loading.runAll();

        assertThat(explicit.engine().metrics()).isEmpty();
        explicit.closeAndCheck();
    }

    private static void load(EngineRig explicit) {
        CompletableFuture<Void> loaded = explicit.engine().load("m").toCompletableFuture();
        explicit.loading.runAll();
        assertThat(loaded).isCompleted();
    }

    /** Race: scrapes against requests, loads and unloads. What a version has counted never goes back while it serves. */
    @Test
    void scrapesWhileModelsComeAndGo_seeCountsThatOnlyGrow() {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        EngineRig busy = new EngineRig(EngineOptions.DEFAULT.withMode(ControlMode.EXPLICIT), threads, threads);
        busy.repository.put("stays", "goes");
        busy.engine().start().toCompletableFuture().join();
        busy.engine().load("stays").toCompletableFuture().join();
        Race.of(
                () -> {
                    for (int i = 0; i < 500; i++) {
                        busy.infer(i % 2 == 0 ? "stays" : "goes");
                    }
                },
                () -> {
                    for (int i = 0; i < 40; i++) {
                        busy.engine().load("goes").toCompletableFuture().join();
                        busy.engine().unload("goes").toCompletableFuture().join();
                    }
                },
                () -> scrapeOften(busy));

        busy.engine().close();
        busy.assertNothingIsLeft();
        threads.shutdown();
    }

    private static void scrapeOften(EngineRig busy) {
        Map<String, Long> before = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            for (ModelMetrics metrics : busy.engine().metrics()) {
                String name = metrics.config().name();
                long now = metrics.statistics().success().count();
                if (name.equals("stays")) {
                    assertThat(now).isGreaterThanOrEqualTo(before.getOrDefault(name, 0L));
                }
                before.put(name, now);
                assertThat(metrics.inFlight()).isNotNegative();
            }
        }
    }

    private ModelMetrics only() {
        assertThat(rig.engine().metrics()).hasSize(1);
        return rig.engine().metrics().get(0);
    }
}
