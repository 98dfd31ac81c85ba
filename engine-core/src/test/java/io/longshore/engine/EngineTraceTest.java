package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelId;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.FakeBehaviour;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the engine records of requests that are traced. */
class EngineTraceTest {
    private final EngineRig rig = new EngineRig();
    private final HeldItems held = new HeldItems();
    private final RecordedTraces recorded = new RecordedTraces();
    private final TraceRegistry registry = recorded.registry(RecordedTraces.EVERY);
    private final RecordingSink sink = new RecordingSink();

    /** Sends a request as a wire does, up to the end of the wire's own part. */
    private RequestTrace send(String model) {
        RequestTrace trace = begin(model);
        infer(model, trace);
        trace.release();
        return trace;
    }

    private RequestTrace begin(String model) {
        return Objects.requireNonNull(registry.begin(model, null));
    }

    private InferenceCall infer(String model, RequestTrace trace) {
        InferenceRequest plain = rig.request(ModelSelector.latest(model));
        return rig.infer(
                new InferenceRequest(
                                "7",
                                plain.model(),
                                plain.inputs(),
                                plain.outputs(),
                                plain.parameters(),
                                plain.options())
                        .withTrace(trace),
                sink);
    }

    private void serve(String... models) {
        rig.repository.put(models);
        rig.start();
    }

    private static List<TraceEvent.Value> values(RequestTrace trace) {
        return trace.events().stream()
                .filter(TraceEvent.Value.class::isInstance)
                .map(TraceEvent.Value.class::cast)
                .toList();
    }

    @Test
    void request_leavesItsMomentsInOrder() {
        serve("m");

        RequestTrace trace = send("m");

        assertThat(recorded.roots).containsExactly(trace);
        assertThat(RecordedTraces.moments(trace))
                .containsExactly(
                        "REQUEST_START",
                        "QUEUE_START",
                        "COMPUTE_START",
                        "COMPUTE_INPUT_END",
                        "COMPUTE_OUTPUT_START",
                        "COMPUTE_END",
                        "INFER_RESPONSE_COMPLETE",
                        "REQUEST_END");
        assertThat(trace.model()).isEqualTo(new ModelId("m", 1));
        assertThat(trace.requestId()).isEqualTo("7");
        assertThat(trace.tree()).containsExactly(trace);
        rig.closeAndCheck();
    }

    @Test
    void momentsOfAWaitingRequest_areThoseOfTheTicker() {
        rig.backend.behave("m", held);
        serve("m");
        RequestTrace first = begin("m");
        infer("m", first);
        rig.ticker.advance(Duration.ofNanos(500));
        ExecutionItem item = held.take();
        item.respond(FakeBehaviour.echoOf(item), item.parameters(), true);
        first.release();

        List<Long> nanos = first.events().stream()
                .filter(TraceEvent.Moment.class::isInstance)
                .map(event -> ((TraceEvent.Moment) event).nanos())
                .toList();
        assertThat(nanos).isSorted();
        assertThat(nanos.get(7) - nanos.get(0)).isEqualTo(500);
        rig.closeAndCheck();
    }

    @Test
    void tensors_areThoseOfTheRequestAndTheResponse() {
        serve("m");

        RequestTrace trace = send("m");

        assertThat(values(trace))
                .first()
                .isEqualTo(new TraceEvent.Value("TENSOR_QUEUE_INPUT", "INPUT0", "FP32", "2", "1.0,2.0"));
        assertThat(values(trace)).last().extracting(TraceEvent.Value::activity).isEqualTo("TENSOR_BACKEND_OUTPUT");
        rig.closeAndCheck();
    }

    @Test
    void stepsOfAnEnsemble_arePartOfTheTree() {
        rig.configs.put("e", Ensembles.chain("a", "b"));
        serve("a", "b", "e");

        RequestTrace trace = send("e");

        assertThat(trace.tree())
                .extracting(RequestTrace::wantedModel, RequestTrace::parentId)
                .containsExactly(tuple("e", 0L), tuple("a", trace.id()), tuple("b", trace.id()));
        assertThat(RecordedTraces.moments(trace))
                .containsExactly("REQUEST_START", "QUEUE_START", "INFER_RESPONSE_COMPLETE", "REQUEST_END");
        assertThat(recorded.roots).containsExactly(trace);
        rig.closeAndCheck();
    }

    @Test
    void nestedRequest_isPartOfTheTree() {
        rig.backend.behave("outer", FakeBehaviour.calling("inner"));
        serve("outer", "inner");

        RequestTrace outer = send("outer");

        assertThat(recorded.roots).containsExactly(outer);
        assertThat(outer.tree()).hasSize(2);
        RequestTrace inner = outer.tree().get(1);
        assertThat(inner.parentId()).isEqualTo(outer.id());
        assertThat(inner.id()).isGreaterThan(outer.id());
        assertThat(inner.model()).isEqualTo(new ModelId("inner", 1));
        assertThat(RecordedTraces.moments(inner)).startsWith("REQUEST_START").endsWith("REQUEST_END");
        rig.closeAndCheck();
    }

    @Test
    void refusedRequest_endsItsTrace() {
        serve("m");

        RequestTrace trace = send("absent");

        assertThat(sink.failure().code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        assertThat(recorded.roots).containsExactly(trace);
        assertThat(trace.model()).isNull();
        assertThat(RecordedTraces.moments(trace)).containsExactly("REQUEST_START", "REQUEST_END");
        rig.closeAndCheck();
    }

    @Test
    void withdrawnRequest_endsItsTraceAndWhatItsExecutionTellsIsDropped() {
        rig.backend.behave("m", held);
        serve("m");
        RequestTrace trace = begin("m");
        InferenceCall call = infer("m", trace);
        ExecutionItem item = held.take();

        call.cancel();
        trace.release();

        assertThat(recorded.roots).containsExactly(trace);
        List<TraceEvent> events = trace.events();
        item.respond(FakeBehaviour.echoOf(item), item.parameters(), true);
        assertThat(trace.events()).isEqualTo(events);
        assertThat(recorded.roots).hasSize(1);
        rig.closeAndCheck();
    }

    @Test
    void nestedRequestAfterTheEnd_doesNotCompleteTheTraceAgain() {
        rig.backend.behave("m", held);
        serve("m", "other");
        RequestTrace trace = begin("m");
        InferenceCall call = infer("m", trace);
        ExecutionItem item = held.take();
        call.cancel();
        trace.release();

        item.context().infer(ModelSelector.latest("other"), List.of(), List.of());
        item.respond(FakeBehaviour.echoOf(item), item.parameters(), true);

        assertThat(recorded.roots).containsExactly(trace);
        assertThat(trace.tree()).containsExactly(trace);
        rig.closeAndCheck();
    }

    @Test
    void traceThatNobodyWouldRead_isCutOff() {
        rig.backend.behave("m", item -> {
            for (int i = 0; i < 100_000; i++) {
                item.context().record("AGAIN");
            }
            FakeBehaviour.echo().execute(item);
        });
        serve("m");

        List<String> moments = RecordedTraces.moments(send("m"));

        assertThat(moments).endsWith("AGAIN", "TRACE_CUT_OFF").hasSizeLessThan(100_000);
        assertThat(sink.responses()).hasSize(1);
        rig.closeAndCheck();
    }

    @Test
    void outputWhoseBytesAreNoStrings_isAnswered() {
        rig.backend.behave("m", item -> {
            Tensor broken = new Tensor("OUTPUT0", DataType.BYTES, Shape.of(1), rig.allocator.allocate(3));
            item.respond(List.of(broken), item.parameters(), true);
        });
        rig.configs.put("m", config -> config.outputs(List.of(ModelOutput.of("OUTPUT0", DataType.BYTES, 1L))));
        serve("m");

        RequestTrace trace = send("m");

        assertThat(sink.responses()).hasSize(1);
        assertThat(recorded.roots).containsExactly(trace);
        rig.closeAndCheck();
    }

    @Test
    void codeOfAModel_mayRecordMomentsOfItsOwn() {
        rig.backend.behave("m", item -> {
            item.context().record("MY_STEP");
            FakeBehaviour.echo().execute(item);
        });
        serve("m");

        assertThat(RecordedTraces.moments(send("m"))).contains("MY_STEP");
        rig.closeAndCheck();
    }
}
