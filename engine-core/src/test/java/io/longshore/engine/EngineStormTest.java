package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelSelector;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Real threads against each other; every course ends with nothing left open, booked or in flight. */
class EngineStormTest {

    private final ExecutorService inference = Executors.newFixedThreadPool(3);
    private final ExecutorService loading = Executors.newFixedThreadPool(2);
    private final EngineRig rig =
            new EngineRig(EngineOptions.DEFAULT.withMode(ControlMode.EXPLICIT), inference, loading);

    @AfterEach
    void endThreads() {
        inference.shutdown();
        loading.shutdown();
    }

    /**
     * Races: acquire against replace, enter against drain, cancel against lease and answer, load against unload. A request
     * is answered, cancelled, or told that the model is not there; it is never lost.
     */
    @RepeatedTest(5)
    void requestsCancelsReloadsAndUnloads_leaveNothingBehind() {
        rig.backend.behave("m", EngineStormTest::anything);
        rig.repository.put("m");
        rig.engine().start().toCompletableFuture().join();
        rig.engine().load("m").toCompletableFuture().join();
        Race.of(this::inferOften, this::inferOften, this::inferOften, this::reloadOften, this::reloadOften);
        rig.engine().load("m").toCompletableFuture().join();

        RecordingSink last = new RecordingSink();
        rig.backend.behave("m", FakeBehaviour.echo());
        rig.infer(rig.request(ModelSelector.latest("m")), last);
        assertThat(last.responses()).hasSize(1);
        rig.engine().close();
        rig.assertNothingIsLeft();
    }

    private static void anything(ExecutionItem item) {
        switch (ThreadLocalRandom.current().nextInt(20)) {
            case 0 -> FakeBehaviour.failing().execute(item);
            case 1 -> FakeBehaviour.throwing().execute(item);
            case 2 -> FakeBehaviour.decoupled(2).execute(item);
            default -> FakeBehaviour.echo().execute(item);
        }
    }

    private void inferOften() {
        Random random = new Random(Thread.currentThread().getId());
        for (int i = 0; i < 300; i++) {
            InferenceRequest plain = rig.request(ModelSelector.latest("m"));
            InferenceRequest request = new InferenceRequest(
                    "",
                    plain.model(),
                    plain.inputs(),
                    plain.outputs(),
                    plain.parameters(),
                    plain.options()
                            .withDeadline(Deadline.NONE)
                            .withCaller(random.nextInt(3) == 0 ? CallerThread.FREELY : CallerThread.NEVER));
            InferenceCall call = rig.infer(request, new RecordingSink());
            if (random.nextInt(3) == 0) {
                call.cancel();
            }
        }
    }

    private void reloadOften() {
        for (int i = 0; i < 25; i++) {
            if (i % 5 == 4) {
                rig.engine().unload("m").toCompletableFuture().join();
            } else {
                rig.repository.put("m", 1, ThreadLocalRandom.current().nextLong());
                rig.engine().load("m").toCompletableFuture().join();
            }
        }
    }

    /** Race: reload against requests. Whoever asks during the change is served by the one or the other. */
    @Test
    void reloadUnderLoad_losesNoRequest() {
        rig.repository.put("m");
        rig.engine().start().toCompletableFuture().join();
        rig.engine().load("m").toCompletableFuture().join();
        List<RecordingSink> sinks = new ArrayList<>();
        Race.of(
                () -> {
                    for (int i = 0; i < 500; i++) {
                        RecordingSink sink = new RecordingSink();
                        sinks.add(sink);
                        rig.infer(rig.request(ModelSelector.latest("m")), sink);
                    }
                },
                () -> {
                    for (int i = 2; i < 60; i++) {
                        rig.repository.put("m", 1, i);
                        rig.engine().load("m").toCompletableFuture().join();
                    }
                });

        sinks.forEach(sink -> assertThat(sink.awaitEnd().outcome()).isEqualTo("OK"));
        rig.engine().close();
        rig.assertNothingIsLeft();
    }

    /** Race: close against the loads of the start, one of which takes its time. */
    @RepeatedTest(10)
    void closeDuringStart_waitsForTheLoadUnderWayAndStartsNoOther() {
        EngineRig starting = new EngineRig(EngineOptions.DEFAULT, inference, loading);
        CountDownLatch gate = starting.backend.holdLoads("slow");
        starting.repository.put("a", "b", "c", "slow", "z");
        CompletableFuture<Void> started = starting.engine().start().toCompletableFuture();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(starting.engine()::close, inference);
        gate.countDown();

        closed.join();
        started.join();
        starting.assertNothingIsLeft();
    }

    /** Race: loads of many models at once; the pool has fewer threads than there are models. */
    @Test
    void manyModels_loadSideBySide() {
        for (int i = 0; i < 40; i++) {
            rig.repository.put("m" + i);
        }
        rig.engine().start().toCompletableFuture().join();
        List<CompletableFuture<Void>> loads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            loads.add(rig.engine().load("m" + i).toCompletableFuture());
        }
        loads.forEach(CompletableFuture::join);

        assertThat(rig.engine().readyModels()).hasSize(40);
        rig.engine().close();
        rig.assertNothingIsLeft();
    }
}
