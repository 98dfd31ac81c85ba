package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.CallerThread;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the response cache of a model is asked, and what it counts. */
class ResponseCacheTest {
    private static final InferenceRequest.Options DEFAULT = InferenceRequest.Options.DEFAULT;

    private final EngineRig rig = new EngineRig(ControlMode.EXPLICIT);
    private int runs;

    ResponseCacheTest() {
        rig.configs.put(
                "m",
                config -> config.responseCache(true)
                        .inputs(List.of(
                                ModelInput.of("A", DataType.FP32, -1L),
                                new ModelInput("B", DataType.FP32, List.of(-1L), null, true)))
                        .outputs(List.of(
                                ModelOutput.of("X", DataType.FP32, -1L), ModelOutput.of("Y", DataType.FP32, -1L))));
        rig.repository.put("m");
        rig.start();
        behave(this::sum);
        load();
    }

    private void behave(FakeBehaviour behaviour) {
        rig.backend.behave("m", item -> {
            runs++;
            behaviour.execute(item);
        });
    }

    /** Each output is the sum of all inputs, element by element. */
    private void sum(ExecutionItem item) {
        float[] sum = Tensors.floats(item.inputs().get(0));
        for (Tensor other : item.inputs().subList(1, item.inputs().size())) {
            float[] more = Tensors.floats(other);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += more[i];
            }
        }
        List<Tensor> outputs = new ArrayList<>();
        item.outputs().forEach(name -> outputs.add(Tensors.ofFloats(rig.allocator, name, Shape.of(sum.length), sum)));
        item.respond(outputs, Parameters.of(Map.of("made", (long) runs)), true);
    }

    private void load() {
        CompletableFuture<Void> loaded =
                rig.engine().load("m", LoadOverride.NONE).toCompletableFuture();
        rig.loading.runAll();
        assertThat(loaded).isCompletedWithValue(null);
    }

    private Tensor tensor(String name, float... values) {
        return Tensors.ofFloats(rig.allocator, name, Shape.of(values.length), values);
    }

    private static InferenceRequest request(
            String id, Parameters parameters, List<RequestedOutput> outputs, Tensor... inputs) {
        return new InferenceRequest(id, ModelSelector.latest("m"), List.of(inputs), outputs, parameters, DEFAULT);
    }

    private RecordingSink send(InferenceRequest request) {
        RecordingSink sink = new RecordingSink();
        rig.infer(request, sink);
        rig.inference.runAll();
        return sink;
    }

    private InferenceResponse ask(InferenceRequest request) {
        return send(request).responses().get(0);
    }

    private InferenceResponse ask(float... values) {
        return ask(request("", Parameters.NONE, List.of(), tensor("A", values)));
    }

    private ModelStatistics statistics() {
        return rig.engine().statistics().get(0);
    }

    @Test
    void equalRequest_isAnsweredWithoutTheModel() {
        InferenceResponse first = ask(request("one", Parameters.NONE, List.of(), tensor("A", 1f, 2f)));
        InferenceResponse second = ask(request("two", Parameters.NONE, List.of(), tensor("A", 1f, 2f)));

        assertThat(runs).isEqualTo(1);
        assertThat(second.id()).isEqualTo("two");
        assertThat(second.model()).isEqualTo(first.model());
        assertThat(second.parameters()).isEqualTo(first.parameters());
        assertThat(second.outputs()).extracting(Tensor::name).containsExactly("X", "Y");
        assertThat(Tensors.floats(second.outputs().get(1))).containsExactly(1f, 2f);
        rig.closeAndCheck();
    }

    @Test
    void hits_areSuccessesAndNoExecutions() {
        ask(1f);
        ask(1f);
        ask(1f);
        ask(2f);

        assertThat(statistics().success().count()).isEqualTo(4);
        assertThat(statistics().queue().count()).isEqualTo(4);
        assertThat(statistics().inferenceCount()).isEqualTo(2);
        assertThat(statistics().executionCount()).isEqualTo(2);
        assertThat(statistics().caching().hits().count()).isEqualTo(2);
        assertThat(statistics().caching().misses().count()).isEqualTo(2);
        rig.closeAndCheck();
    }

    @Test
    void everythingThatTheAnswerMayDependOn_isAskedFor() {
        RequestedOutput x = new RequestedOutput("X", Parameters.NONE);
        RequestedOutput y = new RequestedOutput("Y", Parameters.NONE);
        RequestedOutput classes = new RequestedOutput("X", Parameters.of(Map.of("classification", 1L)));
        ask(1f, 0f);
        ask(1f, 0f, 0f);
        ask(1f, -0f);
        ask(request("", Parameters.NONE, List.of(), tensor("A", 1f, 0f), tensor("B", 1f, 0f)));
        ask(request("", Parameters.NONE, List.of(x), tensor("A", 1f, 0f)));
        ask(request("", Parameters.NONE, List.of(y, x), tensor("A", 1f, 0f)));
        ask(request("", Parameters.NONE, List.of(classes), tensor("A", 1f, 0f)));
        ask(request("", Parameters.of(Map.of("p", 1L)), List.of(), tensor("A", 1f, 0f)));
        ask(request("", Parameters.of(Map.of("p", "1")), List.of(), tensor("A", 1f, 0f)));
        ask(request("", Parameters.of(Map.of("p", 1.0)), List.of(), tensor("A", 1f, 0f)));
        ask(request("", Parameters.of(Map.of("p1", "")), List.of(), tensor("A", 1f, 0f)));

        assertThat(statistics().caching().hits().count()).isZero();
        assertThat(runs).isEqualTo(11);
        rig.closeAndCheck();
    }

    @Test
    void whatTheAnswerDoesNotDependOn_isNotAskedFor() {
        RequestedOutput x = new RequestedOutput("X", Parameters.NONE);
        RequestedOutput asBinary = new RequestedOutput("X", Parameters.of(Map.of("binary_data", true)));
        ask(request("a", Parameters.of(Map.of("p", 1L, "q", 2L)), List.of(x), tensor("A", 1f), tensor("B", 2f)));
        InferenceResponse hit = ask(request(
                "b", Parameters.of(Map.of("q", 2L, "p", 1L)), List.of(asBinary), tensor("B", 2f), tensor("A", 1f)));

        assertThat(runs).isEqualTo(1);
        assertThat(Tensors.floats(hit.outputs().get(0))).containsExactly(3f);
        rig.closeAndCheck();
    }

    @Test
    void failure_isNotKept() {
        behave(FakeBehaviour.failing());
        assertThat(send(request("", Parameters.NONE, List.of(), tensor("A", 1f)))
                        .failure()
                        .code())
                .isEqualTo(ErrorCode.MODEL_FAILED);
        behave(this::sum);

        assertThat(Tensors.floats(ask(1f).outputs().get(0))).containsExactly(1f);
        assertThat(statistics().caching().misses().count())
                .as("only of requests that succeed")
                .isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void reloadedVersion_answersFromNothingOld() {
        ask(1f);
        rig.repository.put("m", 1, 2);
        load();
        ask(1f);

        assertThat(runs).isEqualTo(2);
        assertThat(rig.cache.size()).as("what the old one kept is forgotten").isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void tooLargeResponse_isAnsweredAndNotKept() {
        ask(new float[1_000]);
        ask(new float[1_000]);

        assertThat(runs).isEqualTo(2);
        assertThat(rig.cache.size()).isZero();
        assertThat(statistics().caching().misses().count()).isEqualTo(2);
        rig.closeAndCheck();
    }

    @Test
    void hit_takesNoInstanceAndNoPlaceInTheQueue() {
        ask(1f);
        HeldItems held = new HeldItems();
        rig.backend.behave("m", held);
        RecordingSink running = send(request("", Parameters.NONE, List.of(), tensor("A", 2f)));

        assertThat(Tensors.floats(ask(1f).outputs().get(0))).containsExactly(1f);
        assertThat(running.outcome()).isEqualTo("OPEN");
        held.answerNext();
        rig.closeAndCheck();
    }

    @Test
    void equalRequestsAtOnce_bothRun() {
        HeldItems held = new HeldItems();
        rig.backend.behave("m", held);
        RecordingSink first = send(request("", Parameters.NONE, List.of(), tensor("A", 1f)));
        RecordingSink second = send(request("", Parameters.NONE, List.of(), tensor("A", 1f)));
        held.answerNext();
        rig.inference.runAll();
        held.answerNext();

        assertThat(first.responses()).hasSize(1);
        assertThat(second.responses()).hasSize(1);
        assertThat(rig.cache.size()).isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void forgottenResponse_staysReadableForWhoHasIt() {
        ask(7f);
        InferenceResponse hit = ask(7f);
        rig.cache.forget(new Random(0), 1);

        assertThat(Tensors.floats(hit.outputs().get(0))).containsExactly(7f);
        assertThat(rig.cache.size()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void withdrawnRequest_isNotKept() {
        HeldItems held = new HeldItems();
        rig.backend.behave("m", held);
        RecordingSink sink = new RecordingSink();
        rig.infer(request("", Parameters.NONE, List.of(), tensor("A", 1f)), sink)
                .cancel();
        rig.inference.runAll();
        held.answerAll();

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(rig.cache.size()).isZero();
        rig.closeAndCheck();
    }

    private InferenceRequest largeOnAnEventLoop() {
        InferenceRequest plain = request("", Parameters.NONE, List.of(), tensor("A", new float[20_000]));
        return new InferenceRequest(
                "", plain.model(), plain.inputs(), List.of(), Parameters.NONE, DEFAULT.withCaller(CallerThread.NEVER));
    }

    @Test
    void largeRequestOfAnEventLoop_isHashedElsewhere() {
        behave(item -> item.fail(new InferenceException(ErrorCode.MODEL_FAILED, "no")));
        RecordingSink sink = new RecordingSink();
        rig.infer(largeOnAnEventLoop(), sink);

        assertThat(rig.inference.waiting()).isEqualTo(1);
        assertThat(runs).isZero();
        rig.inference.runAll();
        assertThat(sink.failure().getMessage()).isEqualTo("no");
        rig.closeAndCheck();
    }

    @Test
    void requestWithdrawnBeforeItIsHashed_leavesNothing() {
        RecordingSink sink = new RecordingSink();
        rig.infer(largeOnAnEventLoop(), sink).cancel();
        rig.inference.runAll();

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(runs).isZero();
        rig.closeAndCheck();
    }

    @Test
    void requestThatFindsTheExecutorClosed_isRefused() {
        rig.inference.close();
        RecordingSink sink = new RecordingSink();
        rig.infer(largeOnAnEventLoop(), sink);

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.UNAVAILABLE);
        rig.closeAndCheck();
    }

    private List<String> moments(float value) {
        RequestTrace trace = RequestTrace.begin(
                "m", () -> 1, Set.of(TraceLevel.TIMESTAMPS), null, new RecordedTraces().open(RecordedTraces.EVERY));
        ask(request("", Parameters.NONE, List.of(), tensor("A", value)).withTrace(trace));
        return RecordedTraces.moments(trace);
    }

    @Test
    void trace_tellsHitsFromMisses() {
        assertThat(moments(1f)).containsSubsequence("QUEUE_START", "CACHE_MISS", "COMPUTE_START", "REQUEST_END");
        assertThat(moments(1f))
                .containsSubsequence("QUEUE_START", "CACHE_HIT", "REQUEST_END")
                .containsOnlyOnce("QUEUE_START")
                .doesNotContain("COMPUTE_START");
        rig.closeAndCheck();
    }

    @Test
    void modelThatDoesNotAsk_isNotCached() {
        rig.repository.put("plain");
        CompletableFuture<Void> loaded =
                rig.engine().load("plain", LoadOverride.NONE).toCompletableFuture();
        rig.loading.runAll();
        assertThat(loaded).isCompletedWithValue(null);
        rig.infer("plain").awaitEnd();
        rig.inference.runAll();

        assertThat(rig.cache.size()).isZero();
        assertThat(rig.engine().statistics(ModelSelector.latest("plain")).get(0).caching())
                .isEqualTo(ModelStatistics.Caching.NONE);
        rig.closeAndCheck();
    }
}
