package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.model.DynamicBatching;
import io.longshore.model.InstanceGroup;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.model.RateLimit;
import io.longshore.model.ResourceLimit;
import io.longshore.model.SequenceBatching;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Models that share resources. How turns are given is the affair of the limiter's own test. */
class RateLimitTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineRig rig = new EngineRig(options());
    private final HeldItems held = new HeldItems();

    private static EngineOptions options(ResourceLimit... limits) {
        return EngineOptions.DEFAULT
                .withMode(ControlMode.EXPLICIT)
                .withInstances(new EngineOptions.Instances(Duration.ofMinutes(1), Optional.of(List.of(limits))));
    }

    private static InstanceGroup group(int instances, int priority, Object... namesAndCounts) {
        List<RateLimit.Resource> resources = new ArrayList<>();
        for (int i = 0; i < namesAndCounts.length; i += 2) {
            resources.add(new RateLimit.Resource((String) namesAndCounts[i], false, (Integer) namesAndCounts[i + 1]));
        }
        return new InstanceGroup(InstanceGroup.Kind.CPU, instances, List.of(), new RateLimit(resources, priority));
    }

    private static Consumer<ModelConfig.Builder> groups(InstanceGroup... groups) {
        return config -> config.instanceGroups(List.of(groups));
    }

    private CompletableFuture<Void> load(EngineRig where, String model, Consumer<ModelConfig.Builder> config) {
        where.configs.put(model, config);
        where.repository.put(model);
        CompletableFuture<Void> loaded = where.engine().load(model).toCompletableFuture();
        where.loading.runAll();
        return loaded;
    }

    private void start(String model, Consumer<ModelConfig.Builder> config) {
        rig.backend.behave(model, held);
        assertThat(load(rig, model, config)).isCompleted();
    }

    private RecordingSink send(String model) {
        RecordingSink sink = rig.infer(model);
        rig.inference.runAll();
        return sink;
    }

    private void answer() {
        held.answerNext();
        rig.inference.runAll();
    }

    private void finish() {
        while (held.answerAll() > 0) {
            rig.inference.runAll();
        }
        rig.closeAndCheck();
    }

    @Test
    void modelsThatShareAResource_runOneAfterTheOther() {
        rig.start();
        start("a", groups(group(2, 1, "R", 1)));
        start("b", groups(group(2, 1, "R", 1)));
        RecordingSink first = send("a");
        RecordingSink second = send("b");
        RecordingSink third = send("a");

        assertThat(held.size()).isOne();
        answer();
        assertThat(first.outcome()).isEqualTo("OK");
        assertThat(held.size()).isOne();
        answer();
        assertThat(second.outcome()).isEqualTo("OK");
        answer();
        assertThat(third.outcome()).isEqualTo("OK");
        assertThat(held.size()).isZero();
        finish();
    }

    @Test
    void modelWithoutResources_isNotLimited() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1)));
        start("free", groups(group(2, 1)));
        send("a");
        send("free");
        send("free");

        assertThat(held.size()).isEqualTo(3);
        finish();
    }

    @Test
    void instanceOfAnotherGroup_runsWhereItsNeedsAreMet() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1), group(1, 1, "S", 1)));
        start("b", groups(group(1, 1, "R", 1)));
        send("b");
        send("a");
        assertThat(held.size()).as("on the instance that needs S").isEqualTo(2);
        send("a");
        assertThat(held.size()).as("on the instance that needs R").isEqualTo(2);
        answer();
        assertThat(held.size()).isEqualTo(2);
        finish();
    }

    @Test
    void twoModelsOfTwoResources_bothComeToTheirEnd() {
        rig.start();
        start("a", groups(group(2, 1, "R", 1, "S", 1)));
        start("b", groups(group(2, 1, "S", 1, "R", 1)));
        List<RecordingSink> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(send(i % 2 == 0 ? "a" : "b"));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(held.size()).isOne();
            answer();
        }
        assertThat(sent).extracting(RecordingSink::outcome).containsOnly("OK");
        finish();
    }

    @Test
    void priorities_weighTheTurns() {
        rig.start();
        List<String> ran = new ArrayList<>();
        List<ExecutionItem> items = new ArrayList<>();
        for (String model : List.of("a", "b")) {
            rig.backend.behave(model, item -> {
                ran.add(model);
                items.add(item);
            });
            assertThat(load(rig, model, groups(group(1, model.equals("a") ? 1 : 3, "R", 1))))
                    .isCompleted();
        }
        for (int i = 0; i < 40; i++) {
            send("a");
            send("b");
        }
        for (int i = 0; i < 39; i++) {
            ExecutionItem item = items.remove(0);
            item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, true);
            rig.inference.runAll();
        }
        assertThat(ran.stream().filter("a"::equals).count()).isBetween(29L, 31L);
        rig.backend.behave("a", held).behave("b", held);
        ExecutionItem last = items.remove(0);
        last.respond(FakeBehaviour.echoOf(last), Parameters.NONE, true);
        rig.inference.runAll();
        while (held.size() > 0) {
            answer();
        }
        finish();
    }

    @Test
    void instanceThatBreaks_givesBackWhatItHad() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1)));
        start("b", groups(group(1, 1, "R", 1)));
        rig.backend.behave("a", FakeBehaviour.throwing());
        assertThat(send("a").outcome()).isEqualTo("INTERNAL");
        assertThat(send("a").outcome()).isEqualTo("INTERNAL");
        send("b");
        assertThat(held.size()).isOne();
        answer();

        rig.backend.fail("a", Fault.NEW_INSTANCE);
        assertThat(send("a").outcome()).isEqualTo("INTERNAL");
        RecordingSink after = send("b");
        answer();
        assertThat(after.outcome()).isEqualTo("OK");
        finish();
    }

    @Test
    void requestThatLeavesWhileItWaits_leavesNothingBehind() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1)));
        start("b", groups(group(1, 1, "R", 1)));
        send("a");
        RecordingSink gone = new RecordingSink();
        rig.infer(rig.request(ModelSelector.latest("b")), gone).cancel();
        answer();
        assertThat(gone.outcome()).isEqualTo("CANCELLED");

        RecordingSink next = send("a");
        answer();
        assertThat(next.outcome()).isEqualTo("OK");
        finish();
    }

    @Test
    void unloadedModel_makesWayForOthers() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1)));
        start("b", groups(group(1, 1, "R", 1)));
        send("a");
        RecordingSink waits = send("b");
        CompletableFuture<Void> unloaded = rig.engine().unload("a", false).toCompletableFuture();
        rig.loading.runAll();
        assertThat(unloaded).isNotDone();
        answer();
        rig.loading.runAll();

        assertThat(unloaded).isCompleted();
        answer();
        assertThat(waits.outcome()).isEqualTo("OK");
        finish();
    }

    @Test
    void replacedVersion_keepsWhatItHasUntilItsLastRunIsOver() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1)));
        RecordingSink old = send("a");
        rig.repository.put("a", 2, 1);
        CompletableFuture<Void> loaded = rig.engine().load("a").toCompletableFuture();
        rig.loading.runAll();
        assertThat(loaded).isCompleted();
        RecordingSink young = send("a");
        assertThat(held.size()).as("the old version has the resource").isOne();

        answer();
        rig.loading.runAll();
        answer();
        assertThat(old.responses().get(0).model().version()).isEqualTo(1);
        assertThat(young.responses().get(0).model().version()).isEqualTo(2);
        finish();
    }

    @Test
    void needThatCannotBeMet_failsTheLoadInTritonsWords() {
        EngineRig few = new EngineRig(options(new ResourceLimit("R", 3, OptionalInt.empty())));
        few.start();
        assertThatThrownBy(load(few, "m", groups(group(1, 1, "R", 4)))::join)
                .hasMessageContaining("load failed for model 'm': version 1 is at UNAVAILABLE state: Resource count for"
                        + " \"R\" is limited to 3 which will prevent scheduling of one or more model instances, the"
                        + " minimum required count is 4");
        assertThat(load(few, "m", groups(group(1, 1, "R", 3)))).isCompleted();
        few.closeAndCheck();
    }

    @Test
    void limiterThatIsOff_looksAtNothing() {
        EngineRig off = new EngineRig(ControlMode.EXPLICIT);
        off.backend.behave("m", held);
        off.start();
        assertThat(load(off, "m", groups(group(2, 1, "R", 1)))).isCompleted();
        off.infer("m");
        off.infer("m");
        off.inference.runAll();

        assertThat(held.size()).isEqualTo(2);
        held.answerAll();
        off.closeAndCheck();
    }

    @Test
    void batchThatWaitsForMore_holdsNothingMeanwhile() {
        rig.start();
        start(
                "slow",
                config -> config.maxBatchSize(4)
                        .instanceGroups(List.of(group(1, 1, "R", 1)))
                        .dynamicBatching(new DynamicBatching(List.of(), SECOND, false, 0, 0, Map.of())));
        start("b", groups(group(1, 1, "R", 1)));
        RecordingSink waits = new RecordingSink();
        rig.infer(
                InferenceRequest.of(
                        ModelSelector.latest("slow"),
                        List.of(Tensors.ofFloats(rig.allocator, "INPUT0", Shape.of(1, 2), 1f, 2f))),
                waits);
        send("b");
        assertThat(held.size()).as("the other runs during the delay").isOne();
        rig.delayer.advance(SECOND);
        rig.inference.runAll();
        assertThat(held.size()).isOne();
        answer();
        answer();

        assertThat(waits.outcome()).isEqualTo("OK");
        finish();
    }

    @Test
    void sequences_shareResourcesToo() {
        rig.start();
        start("a", groups(group(1, 1, "R", 1)));
        start(
                "s",
                config -> config.instanceGroups(List.of(group(2, 1, "R", 1)))
                        .sequenceBatching(SequenceBatching.of(SequenceBatching.Direct.DEFAULT)));
        List<RecordingSink> sent = List.of(sequence(1), send("a"), sequence(2), send("a"));
        for (int i = 0; i < 4; i++) {
            assertThat(held.size()).isOne();
            answer();
        }
        assertThat(sent).extracting(RecordingSink::outcome).containsOnly("OK");
        finish();
    }

    private RecordingSink sequence(long id) {
        return rig.inferInSequence(ModelSelector.latest("s"), id, true, true);
    }

    /** Real threads: three models of four instances each that take two resources in all ways; never more than there is. */
    @Test
    void manyThreads_neverUseMoreThanThereIs() {
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            storm(new EngineRig(
                    options(
                            new ResourceLimit("R", 3, OptionalInt.empty()),
                            new ResourceLimit("S", 2, OptionalInt.empty())),
                    threads,
                    Runnable::run));
        } finally {
            threads.shutdown();
        }
    }

    private static void storm(EngineRig storm) {
        AtomicInteger ofR = new AtomicInteger();
        AtomicInteger ofS = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        int[][] needs = {{1, 0}, {2, 1}, {1, 2}};
        storm.engine().start();
        for (int model = 0; model < needs.length; model++) {
            int[] need = needs[model];
            storm.backend.behave("m" + model, item -> {
                if (ofR.addAndGet(need[0]) > 3 || ofS.addAndGet(need[1]) > 2) {
                    wrong.incrementAndGet();
                }
                LockSupport.parkNanos(1_000);
                ofR.addAndGet(-need[0]);
                ofS.addAndGet(-need[1]);
                FakeBehaviour.echo().execute(item);
            });
            storm.configs.put("m" + model, groups(group(4, 1 + model, "R", need[0], "S", need[1])));
            storm.repository.put("m" + model);
            storm.engine().load("m" + model).toCompletableFuture().join();
        }
        List<RecordingSink> sent = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            sent.add(storm.infer("m" + i % needs.length));
        }
        sent.forEach(RecordingSink::awaitEnd);
        assertThat(sent).extracting(RecordingSink::outcome).containsOnly("OK");
        assertThat(wrong).as("runs beyond what there is").hasValue(0);
        storm.engine().close();
        storm.assertNothingIsLeft();
    }
}
