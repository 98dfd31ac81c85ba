package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.Ensemble;
import io.longshore.model.Ensemble.Step;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.model.QueuePolicy;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Requests to ensembles through the whole engine. */
class EnsembleRequestTest {
    private final EngineRig rig = new EngineRig();
    private final HeldItems held = new HeldItems();

    private void ensemble(String name, Step... steps) {
        rig.configs.put(name, Ensembles.of(steps));
        rig.repository.put(name);
    }

    private void model(String name, FakeBehaviour behaviour) {
        rig.backend.behave(name, behaviour);
        rig.repository.put(name);
    }

    /** Two models in parallel, and one that takes what both give. */
    private void diamond() {
        rig.configs.put("join", config -> config.inputs(List.of(Ensembles.input("A"), Ensembles.input("B"))));
        model("join", Ensembles.adding(100));
        ensemble(
                "e",
                Step.of("join", Map.of("A", "left", "B", "right"), Map.of("OUTPUT0", "OUTPUT0")),
                Ensembles.step("l", "INPUT0", "left"),
                Ensembles.step("r", "INPUT0", "right"));
    }

    private InferenceRequest request(String model, Deadline deadline, Parameters parameters, int priority) {
        InferenceRequest plain = rig.request(ModelSelector.latest(model));
        return new InferenceRequest(
                "7",
                plain.model(),
                plain.inputs(),
                List.of(),
                parameters,
                plain.options().withDeadline(deadline).withPriority(priority));
    }

    private RecordingSink infer(InferenceRequest request) {
        RecordingSink sink = new RecordingSink();
        rig.infer(request, sink);
        return sink;
    }

    private static float[] only(RecordingSink sink) {
        assertThat(sink.responses()).hasSize(1);
        assertThat(sink.responses().get(0).outputs()).extracting(Tensor::name).containsExactly("OUTPUT0");
        return Tensors.floats(sink.responses().get(0).outputs().get(0));
    }

    @Test
    void chain_runsOnTheCallersThreadStepByStep() {
        model("a", Ensembles.adding(1));
        model("b", Ensembles.adding(10));
        rig.configs.put("e", Ensembles.chain("a", "b", "a"));
        rig.repository.put("e");
        rig.start();

        assertThat(only(rig.infer("e"))).containsExactly(13f, 14f);
        assertThat(rig.inference.waiting()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void intermediateTensors_arePassedOnWithoutACopy() {
        List<Object> memories = new ArrayList<>();
        FakeBehaviour watching = item -> {
            memories.add(item.inputs().get(0).memory());
            item.respond(FakeBehaviour.echoOf(item), Parameters.NONE, true);
        };
        model("a", watching);
        model("b", watching);
        rig.configs.put("e", Ensembles.chain("a", "b"));
        rig.repository.put("e");
        rig.start();
        RecordingSink sink = rig.infer("e");

        assertThat(memories).hasSize(2);
        assertThat(memories.get(0)).isSameAs(memories.get(1));
        assertThat(sink.responses().get(0).outputs().get(0).memory()).isSameAs(memories.get(0));
        rig.closeAndCheck();
    }

    @Test
    void independentSteps_areUnderWayTogether() {
        model("l", held);
        model("r", held);
        diamond();
        rig.start();
        RecordingSink sink = rig.infer("e");
        rig.inference.runAll();

        assertThat(held.size()).isEqualTo(2);
        held.answerAll();
        assertThat(sink.isEnded()).as("the last step has the engine's threads").isFalse();
        rig.inference.runAll();
        assertThat(only(sink)).containsExactly(102f, 104f);
        rig.closeAndCheck();
    }

    @Test
    void failingStep_isNamedAndWithdrawsTheOthers() {
        HeldItems right = new HeldItems();
        model("l", held);
        model("r", right);
        diamond();
        rig.start();
        RecordingSink sink = rig.infer("e");
        rig.inference.runAll();
        right.take().fail(new InferenceException(ErrorCode.MODEL_FAILED, "no memory"));

        assertThat(sink.failure()).hasMessage("in ensemble 'e', step 2 of model 'r': no memory");
        assertThat(sink.failure().code()).isEqualTo(ErrorCode.MODEL_FAILED);
        ExecutionItem left = held.take();
        assertThat(left.context().isCancelled()).isTrue();
        left.respond(FakeBehaviour.echoOf(left), Parameters.NONE, true);
        rig.closeAndCheck();
    }

    @Test
    void cancellation_reachesTheStepsAtOnce() {
        model("l", held);
        model("r", held);
        diamond();
        rig.start();
        RecordingSink sink = new RecordingSink();
        InferenceCall call = rig.infer(rig.request(ModelSelector.latest("e")), sink);
        rig.inference.runAll();
        call.cancel();

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(held.first().context().isCancelled()).isTrue();
        held.answerAll();
        rig.inference.runAll();
        assertThat(rig.engine()
                        .statistics(ModelSelector.latest("e"))
                        .get(0)
                        .cancelled()
                        .count())
                .isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void deadlineParametersPriorityAndId_travelToTheSteps() {
        model("a", held);
        rig.configs.put("e", Ensembles.chain("a"));
        rig.repository.put("e");
        rig.start();
        RecordingSink sink = infer(request(
                "e", Deadline.after(Duration.ofSeconds(5), rig.ticker), Parameters.of(Map.of("custom", "x")), 3));

        assertThat(held.first().requestId()).isEqualTo("7");
        assertThat(held.first().parameters().string("custom")).contains("x");
        assertThat(held.first().context().deadline().isBounded()).isTrue();
        rig.delayer.advance(Duration.ofSeconds(5));
        assertThat(sink.failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(sink.failure()).hasMessage("Request timeout expired");
        assertThat(held.first().context().isCancelled()).isTrue();
        held.answerAll();
        rig.closeAndCheck();
    }

    /** Triton's ensembles hang where a step's queue is full (server issue 8631). */
    @Test
    void fullQueueOfAStep_refusesTheRequestAndNoOther() {
        model("a", Ensembles.adding(0));
        rig.configs.put("b", config -> config.queuePolicy(new QueuePolicy(1, Duration.ZERO)));
        model("b", held);
        rig.configs.put("e", Ensembles.chain("a", "b"));
        rig.repository.put("e");
        rig.start();
        RecordingSink running = rig.infer("e");
        RecordingSink waiting = rig.infer("e");
        RecordingSink refused = rig.infer("e");

        assertThat(refused.failure()).hasMessage("in ensemble 'e', step 1 of model 'b': Exceeds maximum queue size");
        assertThat(refused.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        held.answerNext();
        rig.inference.runAll();
        held.answerNext();
        assertThat(only(running)).containsExactly(1f, 2f);
        assertThat(only(waiting)).containsExactly(1f, 2f);
        rig.closeAndCheck();
    }

    @Test
    void nestedEnsembles_work() {
        model("a", Ensembles.adding(1));
        rig.configs.put("inner", Ensembles.chain("a", "a"));
        rig.configs.put("outer", Ensembles.chain("a", "inner"));
        rig.repository.put("inner", "outer");
        rig.start();

        assertThat(only(rig.infer("outer"))).containsExactly(4f, 5f);
        rig.backend.behave("a", Ensembles.failing("gone wrong"));
        assertThat(rig.infer("outer").failure()).hasMessage("in ensemble 'outer', step 0 of model 'a': gone wrong");
        rig.closeAndCheck();
    }

    @Test
    void onlyWhatTheWantedOutputsNeed_runs() {
        model("a", Ensembles.adding(1));
        model("b", held);
        rig.configs.put(
                "e",
                Ensembles.of(Ensembles.step("a", "INPUT0", "OUTPUT0"), Ensembles.step("b", "OUTPUT0", "OUTPUT1"))
                        .andThen(config ->
                                config.outputs(List.of(Ensembles.output("OUTPUT0"), Ensembles.output("OUTPUT1")))));
        rig.repository.put("e");
        rig.start();
        InferenceRequest plain = rig.request(ModelSelector.latest("e"));
        RecordingSink sink = infer(new InferenceRequest(
                "",
                plain.model(),
                plain.inputs(),
                List.of(new RequestedOutput("OUTPUT0", Parameters.NONE)),
                Parameters.NONE,
                plain.options()));

        assertThat(only(sink)).containsExactly(2f, 3f);
        assertThat(held.size()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void optionalInput_isLeftOutOfTheStepToo() {
        ModelInput optional = new ModelInput("B", DataType.FP32, List.of(-1L), null, true);
        rig.configs.put("a", config -> config.inputs(List.of(Ensembles.input("A"), optional)));
        model("a", Ensembles.adding(1));
        rig.configs.put(
                "e",
                Ensembles.of(Step.of("a", Map.of("A", "INPUT0", "B", "MORE"), Map.of("OUTPUT0", "OUTPUT0")))
                        .andThen(config -> config.inputs(List.of(
                                Ensembles.input("INPUT0"),
                                new ModelInput("MORE", DataType.FP32, List.of(-1L), null, true)))));
        rig.repository.put("e");
        rig.start();
        InferenceRequest both = InferenceRequest.of(
                ModelSelector.latest("e"),
                List.of(
                        Tensors.ofFloats(rig.allocator, "INPUT0", Shape.of(1), 1f),
                        Tensors.ofFloats(rig.allocator, "MORE", Shape.of(1), 10f)));

        assertThat(only(rig.infer("e"))).containsExactly(2f, 3f);
        assertThat(only(infer(both))).containsExactly(12f);
        rig.closeAndCheck();
    }

    @Test
    void decoupledStep_givesItsResponsesInOrder() {
        rig.configs.put("many", config -> config.decoupled(true));
        model("many", Ensembles.counting(3));
        model("b", held);
        rig.configs.put("e", Ensembles.chain("many", "b"));
        rig.repository.put("e");
        rig.start();
        assertThat(rig.engine().describe(ModelSelector.latest("e")).config().isDecoupled())
                .isTrue();
        RecordingSink sink = rig.infer("e");
        rig.inference.runAll();
        while (held.answerAll() > 0) {
            rig.inference.runAll();
        }

        List<InferenceResponse> responses = sink.responses();
        assertThat(responses).hasSize(4);
        assertThat(responses.subList(0, 3))
                .extracting(response -> Tensors.floats(response.outputs().get(0))[0])
                .containsExactly(1f, 2f, 3f);
        assertThat(responses.get(3).outputs()).isEmpty();
        rig.closeAndCheck();
    }

    @Test
    void maxInflightRequests_boundsTheRequestsAtAStep() {
        model("a", held);
        rig.configs.put("a", config -> config.queuePolicy(new QueuePolicy(1, Duration.ZERO)));
        rig.configs.put("e", Ensembles.of(new Ensemble(List.of(Ensembles.step("a", "INPUT0", "OUTPUT0")), 1)));
        rig.repository.put("e");
        rig.start();
        List<RecordingSink> sinks = List.of(rig.infer("e"), rig.infer("e"), rig.infer("e"));
        RecordingSink withdrawn = new RecordingSink();
        rig.infer(rig.request(ModelSelector.latest("e")), withdrawn).cancel();

        assertThat(withdrawn.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        for (RecordingSink sink : sinks) {
            assertThat(held.size()).as("at the step").isEqualTo(1);
            held.answerNext();
            rig.inference.runAll();
            assertThat(only(sink)).containsExactly(1f, 2f);
        }
        rig.closeAndCheck();
    }

    @Test
    void statistics_countTheEnsembleAndEachStepAtItsModel() {
        model("a", Ensembles.adding(1));
        rig.configs.put("e", Ensembles.chain("a", "a"));
        rig.repository.put("e");
        rig.start();
        only(rig.infer("e"));

        var own = rig.engine().statistics(ModelSelector.latest("e")).get(0);
        var part = rig.engine().statistics(ModelSelector.latest("a")).get(0);
        assertThat(own.success().count()).isEqualTo(1);
        assertThat(own.executionCount()).isEqualTo(1);
        assertThat(own.success().nanos())
                .isEqualTo(own.queue().nanos() + own.compute().inferNanos());
        assertThat(part.success().count()).isEqualTo(2);
        rig.closeAndCheck();
    }

    @Test
    void requestInFlight_countsOnceAtEachModelThatWorksOnIt() {
        model("a", held);
        model("b", Ensembles.adding(1));
        rig.configs.put("e", Ensembles.chain("a", "b"));
        rig.repository.put("e");
        rig.start();
        RecordingSink sink = rig.infer("e");

        assertThat(inFlight()).isEqualTo(Map.of("a", 1L, "b", 0L, "e", 1L));
        held.answerNext();
        rig.inference.runAll();
        only(sink);
        assertThat(inFlight()).isEqualTo(Map.of("a", 0L, "b", 0L, "e", 0L));
        rig.closeAndCheck();
    }

    private Map<String, Long> inFlight() {
        return rig.engine().metrics().stream()
                .collect(Collectors.toMap(each -> each.statistics().name(), ModelMetrics::inFlight));
    }

    @Test
    void replacedPart_stillEndsWhatItIsPartOf() {
        EngineRig polled = new EngineRig(EngineRig.polling(Duration.ofSeconds(15)));
        HeldItems first = new HeldItems();
        polled.backend.behave("a", first).behave("b", Ensembles.adding(1));
        polled.configs.put("e", Ensembles.chain("a", "b"));
        polled.repository.put("a", "b", "e");
        polled.start();
        RecordingSink sink = polled.infer("e");
        polled.repository.remove("b");
        polled.poll();
        polled.poll();

        assertThat(polled.engine().readyModels()).containsExactly("a");
        first.answerNext();
        polled.inference.runAll();
        assertThat(only(sink)).containsExactly(2f, 3f);
        polled.closeAndCheck();
    }
}
