package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.inference.CallerThread;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.model.QueuePolicy;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Random ensembles under random arrivals, ends, failures, cancellations and deadlines: every request ends exactly once, an
 * answer is what the steps one after the other would give, and nothing is left behind.
 */
class EnsemblePropertyTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final RandomEnsemble ensemble = new RandomEnsemble(random);
    private final List<ExecutionItem> held = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();

    /** A request, with what it wants and brings. */
    private record Asked(RecordingSink sink, List<String> outputs, float input, InferenceCall call) {}

    private String about() {
        return "seed " + seed + ", " + ensemble;
    }

    private void configure(EngineRig rig, int queue) {
        for (int arity : RandomEnsemble.MODELS) {
            Consumer<ModelConfig.Builder> model = RandomEnsemble.model(arity)
                    .andThen(config -> config.queuePolicy(new QueuePolicy(queue, Duration.ZERO)));
            rig.configs.put("add" + arity, model);
            rig.repository.put("add" + arity);
        }
        rig.configs.put("e", ensemble.config());
        rig.configs.put(
                "outer",
                ensemble.config().andThen(config -> config.ensemble(Ensembles.around("e", ensemble.outputs()))));
        rig.repository.put("e", "outer");
    }

    @RepeatedTest(300)
    void everyRequest_endsOnceAndRight() {
        EngineRig rig = new EngineRig();
        configure(rig, 1 + random.nextInt(4));
        for (int arity : RandomEnsemble.MODELS) {
            rig.backend.behave("add" + arity, item -> run(item, arity));
        }
        rig.start();
        assertThat(rig.engine().readyModels()).as(about()).contains("outer");
        for (int i = 0; i < 60; i++) {
            act(rig);
        }
        while (!held.isEmpty() || rig.inference.waiting() > 0) {
            rig.inference.runAll();
            answerOne(false);
        }

        asked.forEach(this::check);
        rig.closeAndCheck();
    }

    private void run(ExecutionItem item, int plus) {
        switch (random.nextInt(10)) {
            case 0 -> item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "by chance"));
            case 1, 2, 3, 4 -> held.add(item);
            default -> Ensembles.adding(plus).execute(item);
        }
    }

    private void act(EngineRig rig) {
        switch (random.nextInt(8)) {
            case 0, 1 -> ask(rig);
            case 2, 3, 4 -> rig.inference.runNext();
            case 5, 6 -> answerOne(true);
            default -> disturb(rig);
        }
    }

    private void ask(EngineRig rig) {
        float input = random.nextInt(100);
        List<String> outputs = ensemble.outputs().stream()
                .filter(output -> random.nextInt(3) > 0)
                .toList();
        RecordingSink sink = new RecordingSink();
        InferenceCall call = rig.infer(request(rig, outputs, input), sink);
        asked.add(new Asked(sink, outputs.isEmpty() ? ensemble.outputs() : outputs, input, call));
    }

    private InferenceRequest request(EngineRig rig, List<String> outputs, float input) {
        Deadline deadline = random.nextInt(4) == 0
                ? Deadline.after(Duration.ofMillis(random.nextInt(20)), rig.ticker)
                : Deadline.NONE;
        return new InferenceRequest(
                "",
                ModelSelector.latest(random.nextInt(4) == 0 ? "outer" : "e"),
                List.of(Tensors.ofFloats(rig.allocator, "INPUT0", Shape.of(1), input)),
                outputs.stream()
                        .map(output -> new RequestedOutput(output, Parameters.NONE))
                        .toList(),
                Parameters.NONE,
                InferenceRequest.Options.DEFAULT
                        .withDeadline(deadline)
                        .withCaller(random.nextBoolean() ? CallerThread.FREELY : CallerThread.NEVER));
    }

    private void answerOne(boolean mayFail) {
        if (held.isEmpty()) {
            return;
        }
        ExecutionItem item = held.remove(random.nextInt(held.size()));
        if (mayFail && random.nextInt(8) == 0) {
            item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "late"));
        } else {
            item.respond(Ensembles.sums(item, item.inputs().size()), Parameters.NONE, true);
        }
    }

    private void disturb(EngineRig rig) {
        if (random.nextBoolean() && !asked.isEmpty()) {
            asked.get(random.nextInt(asked.size())).call().cancel();
        } else {
            rig.delayer.advance(Duration.ofMillis(random.nextInt(10)));
        }
    }

    private void check(Asked each) {
        assertThat(each.sink().isEnded()).as(about()).isTrue();
        if (!each.sink().outcome().equals("OK")) {
            return;
        }
        List<InferenceResponse> responses = each.sink().responses();
        assertThat(responses).as(about()).hasSize(1);
        List<Tensor> outputs = responses.get(0).outputs();
        assertThat(outputs).as(about()).extracting(Tensor::name).isEqualTo(each.outputs());
        for (Tensor output : outputs) {
            assertThat(Tensors.floats(output))
                    .as("%s of %s", output.name(), about())
                    .containsExactly(ensemble.expected(output.name(), each.input()));
        }
    }

    /** Races: steps that end together, cancellation against them, and a part that is replaced meanwhile. */
    @RepeatedTest(20)
    void threadsInEachOthersWay_leaveNothingBehind() {
        ExecutorService inference = Executors.newFixedThreadPool(3);
        ExecutorService loading = Executors.newFixedThreadPool(2);
        EngineRig rig =
                new EngineRig(EngineOptions.DEFAULT.withMode(EngineOptions.ControlMode.EXPLICIT), inference, loading);
        configure(rig, 64);
        for (int arity : RandomEnsemble.MODELS) {
            rig.backend.behave("add" + arity, Ensembles.adding(arity));
        }
        rig.engine().start().toCompletableFuture().join();
        rig.engine().load("outer").toCompletableFuture().join();
        Race.of(() -> inferOften(rig), () -> inferOften(rig), () -> reloadOften(rig));

        asked.forEach(each -> each.sink().awaitEnd());
        asked.forEach(this::check);
        rig.engine().close();
        rig.assertNothingIsLeft();
        inference.shutdown();
        loading.shutdown();
    }

    private void inferOften(EngineRig rig) {
        ThreadLocalRandom own = ThreadLocalRandom.current();
        for (int i = 0; i < 100; i++) {
            float input = own.nextInt(100);
            RecordingSink sink = new RecordingSink();
            InferenceRequest request = new InferenceRequest(
                    "",
                    ModelSelector.latest(own.nextBoolean() ? "outer" : "e"),
                    List.of(Tensors.ofFloats(rig.allocator, "INPUT0", Shape.of(1), input)),
                    List.of(),
                    Parameters.NONE,
                    InferenceRequest.Options.DEFAULT.withCaller(
                            own.nextBoolean() ? CallerThread.FREELY : CallerThread.NEVER));
            InferenceCall call = rig.infer(request, sink);
            synchronized (asked) {
                asked.add(new Asked(sink, ensemble.outputs(), input, call));
            }
            if (own.nextInt(4) == 0) {
                call.cancel();
            }
        }
    }

    private static void reloadOften(EngineRig rig) {
        for (int i = 2; i < 12; i++) {
            rig.repository.put("add1", 1, i);
            rig.engine().load("add1").toCompletableFuture().join();
            if (i % 4 == 0) {
                rig.engine().unload("add1").toCompletableFuture().join();
            }
        }
    }
}
