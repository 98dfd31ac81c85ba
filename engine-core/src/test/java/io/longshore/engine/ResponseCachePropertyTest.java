package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.CallerThread;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * An answer with the cache equals the one without: over random requests, failures, cancels, reloads of another model under the
 * same name, and evictions at any moment.
 */
class ResponseCachePropertyTest {
    private static final int STEPS = 300;
    private static final List<String> OUTPUTS = List.of("X", "Y", "Z");

    private final AtomicInteger runs = new AtomicInteger();
    /** What the model's files say; a load takes it over. */
    private int generation = 1;

    /** What is asked, so that the answer can be told without asking. */
    private record Question(float a, float b, long factor, List<String> outputs, int loaded) {
        List<List<Float>> answer() {
            List<String> wanted = outputs.isEmpty() ? OUTPUTS : outputs;
            return wanted.stream()
                    .map(name -> List.of((a * 10 + b) * factor + OUTPUTS.indexOf(name), (float) loaded))
                    .toList();
        }

        boolean fails() {
            return a == 3 && b == 1 && factor == 2;
        }
    }

    private static EngineRig rig(EngineRig rig) {
        rig.configs.put(
                "m",
                config -> config.responseCache(true)
                        .inputs(List.of(ModelInput.of("A", DataType.FP32, 1L), ModelInput.of("B", DataType.FP32, 1L)))
                        .outputs(OUTPUTS.stream()
                                .map(name -> ModelOutput.of(name, DataType.FP32, 2L))
                                .toList()));
        return rig;
    }

    private void compute(EngineRig rig, ExecutionItem item, int loaded) {
        runs.incrementAndGet();
        Question question = new Question(
                Tensors.floats(item.inputs().get(0))[0],
                Tensors.floats(item.inputs().get(1))[0],
                item.parameters().integer("factor").orElse(1L),
                item.outputs(),
                loaded);
        if (question.fails()) {
            item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "three times two"));
            return;
        }
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < item.outputs().size(); i++) {
            List<Float> values = question.answer().get(i);
            outputs.add(
                    Tensors.ofFloats(rig.allocator, item.outputs().get(i), Shape.of(2), values.get(0), values.get(1)));
        }
        item.respond(outputs, Parameters.NONE, true);
    }

    private Question question(Random random) {
        List<String> outputs = random.nextBoolean() ? List.of() : List.of("Y", "X");
        return new Question(2 + random.nextInt(2), random.nextInt(2), 1 + random.nextInt(2), outputs, generation);
    }

    private static InferenceRequest request(EngineRig rig, Question question, Random random) {
        Tensor a = Tensors.ofFloats(rig.allocator, "A", Shape.of(1), question.a());
        Tensor b = Tensors.ofFloats(rig.allocator, "B", Shape.of(1), question.b());
        return new InferenceRequest(
                String.valueOf(random.nextInt()),
                ModelSelector.latest("m"),
                random.nextBoolean() ? List.of(a, b) : List.of(b, a),
                question.outputs().stream()
                        .map(name -> new RequestedOutput(name, Parameters.NONE))
                        .toList(),
                Parameters.of(Map.of("factor", question.factor())),
                InferenceRequest.Options.DEFAULT.withCaller(
                        random.nextBoolean() ? CallerThread.FREELY : CallerThread.NEVER));
    }

    private void reload(EngineRig rig) {
        int loaded = ++generation;
        rig.backend.behave("m", item -> compute(rig, item, loaded));
        rig.repository.put("m", 1, loaded);
        var done = rig.engine().load("m", LoadOverride.NONE).toCompletableFuture();
        rig.loading.runAll();
        assertThat(done).isCompletedWithValue(null);
    }

    @RepeatedTest(40)
    void anyCourse_answersAsWithoutTheCache(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        EngineRig rig = rig(new EngineRig(ControlMode.EXPLICIT)).start();
        reload(rig);
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(40)) {
                case 0 -> reload(rig);
                case 1, 2, 3 -> rig.cache.forget(random, 0.3);
                case 4, 5 -> withdraw(rig, question(random), random);
                default -> ask(rig, question(random), random, "seed " + seed + " step " + step);
            }
        }
        assertThat(runs.get())
                .as("requests that the cache has spared, seed " + seed)
                .isLessThan(STEPS * 3 / 4);
        rig.closeAndCheck();
    }

    private static void withdraw(EngineRig rig, Question question, Random random) {
        InferenceCall call = rig.infer(request(rig, question, random), new RecordingSink());
        call.cancel();
        rig.inference.runAll();
    }

    private static void ask(EngineRig rig, Question question, Random random, String seen) {
        RecordingSink sink = new RecordingSink();
        rig.infer(request(rig, question, random), sink);
        rig.inference.runAll();
        if (question.fails()) {
            assertThat(sink.failure().getMessage()).as(seen).isEqualTo("three times two");
        } else {
            assertThat(values(sink.responses().get(0))).as(seen).isEqualTo(question.answer());
        }
    }

    private static List<List<Float>> values(InferenceResponse response) {
        return response.outputs().stream()
                .map(output -> {
                    float[] values = Tensors.floats(output);
                    return List.of(values[0], values[1]);
                })
                .toList();
    }

    @RepeatedTest(10)
    void hitsEvictionsAndReloadsAtOnce_leaveEveryAnswerRight(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        EngineRig rig =
                rig(new EngineRig(EngineOptions.DEFAULT.withMode(ControlMode.EXPLICIT), Runnable::run, Runnable::run));
        assertThat(rig.engine().start()).isCompleted();
        reloadUnderLoad(rig);

        Race.of(
                () -> askMany(rig, new Random(seed)),
                () -> askMany(rig, new Random(seed + 1_000)),
                () -> {
                    Random random = new Random(seed + 2_000);
                    for (int i = 0; i < 500; i++) {
                        rig.cache.forget(random, 0.5);
                    }
                },
                () -> {
                    for (int i = 0; i < 20; i++) {
                        reloadUnderLoad(rig);
                    }
                });
        rig.engine().close();
        rig.assertNothingIsLeft();
    }

    /** Each load answers the same, so that whoever is asked meanwhile answers right. */
    private void reloadUnderLoad(EngineRig rig) {
        rig.backend.behave("m", item -> compute(rig, item, 1));
        rig.repository.put("m", 1, ++generation);
        assertThat(rig.engine().load("m", LoadOverride.NONE).toCompletableFuture())
                .isCompletedWithValue(null);
    }

    private static void askMany(EngineRig rig, Random random) {
        for (int i = 0; i < 400; i++) {
            Question question = new Question(random.nextInt(3), random.nextInt(2), 1, List.of(), 1);
            RecordingSink sink = new RecordingSink();
            rig.infer(request(rig, question, random), sink);
            assertThat(values(sink.responses().get(0))).isEqualTo(question.answer());
            sink.release();
        }
    }
}
