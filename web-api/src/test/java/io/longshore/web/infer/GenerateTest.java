package io.longshore.web.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.RecordedTraces;
import io.longshore.engine.TraceRegistry;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.InferenceService;
import io.longshore.inference.Parameters;
import io.longshore.inference.RegionSource;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelId;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.GenerateRequestDecoder;
import io.longshore.protocol.rest.GenerateResponseEncoder;
import io.longshore.protocol.rest.HeaderForwarding;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ReadGate;
import io.longshore.web.http.TrackedAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Generate requests, for one response and for a stream, between a container and an engine that tests drive. */
class GenerateTest {
    private static final String ONE = "/v2/models/text/generate";
    private static final String STREAM = "/v2/models/text/generate_stream";
    private static final String EXACTLY_ONE = "{\"error\":\"generate expects model to produce exactly 1 response, use"
            + " generate stream for model that generates various number of responses\"}";

    private final TrackedAllocator memory = TrackedAllocator.direct(4 << 20);
    private final FakeContainer container = new FakeContainer();
    private final RecordedTraces recorded = new RecordedTraces();
    private final TraceRegistry traces = recorded.registry(RecordedTraces.EVERY);
    private final List<ResponseSink> sinks = new ArrayList<>();
    private final List<InferenceRequest> requests = new ArrayList<>();
    private final AtomicInteger cancels = new AtomicInteger();
    private final AnswerWriter writer = new AnswerWriter(4);

    @AfterEach
    void nothingIsLost() {
        writer.close();
        requests.forEach(InferenceRequest::release);
        assertThat(memory.inUse()).isZero();
        assertThat(recorded.unfinished(traces)).isZero();
        assertThat(container.completions).isEqualTo(container.isAsync ? 1 : 0);
    }

    @Test
    void oneResponse_isAJsonObject() throws IOException {
        send(ONE, (request, sink) -> {
            assertThat(request.parameters().asMap()).containsEntry("top_k", 3L);
            assertThat(Tensors.strings(request.inputs().get(0))).containsExactly("hi");
            request.release();
            sink.onResponse(text("there"), true);
            return () -> {};
        });

        assertThat(container.status).isEqualTo(200);
        assertThat(container.responseHeaders).containsEntry("Content-Type", "application/json");
        assertThat(container.output.text())
                .isEqualTo("{\"model_name\":\"text\",\"model_version\":\"1\",\"OUT\":\"there\"}");
    }

    @Test
    void oneResponseAndAnEmptyEnd_isOneResponse() throws IOException {
        send(ONE, this::keep);
        sinks.get(0).onResponse(text("there"), false);
        sinks.get(0).onResponse(nothing(), true);

        assertThat(container.status).isEqualTo(200);
        assertThat(container.output.text()).contains("\"OUT\":\"there\"");
    }

    @Test
    void noResponse_isRefused() throws IOException {
        send(ONE, this::keep);
        sinks.get(0).onResponse(nothing(), true);

        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).isEqualTo(EXACTLY_ONE);
    }

    @Test
    void twoResponses_areRefused() throws IOException {
        send(ONE, this::keep);
        sinks.get(0).onResponse(text("a"), false);
        sinks.get(0).onResponse(text("b"), true);

        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).isEqualTo(EXACTLY_ONE);
    }

    @Test
    void decoupledModels_areTaken() throws IOException {
        send(ONE, this::keep);

        assertThat(sinks.get(0).refusalOfDecoupled()).isNull();
        sinks.get(0).onResponse(text("a"), true);
    }

    @Test
    void compressedBody_isRefused() throws IOException {
        container.requestHeaders.put("Content-Encoding", "gzip");
        send(STREAM, this::keep);

        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text())
                .isEqualTo("{\"error\":\"Unsupported content-encoding, only 'identity' is supported.\"}");
    }

    @Test
    void emptyBody_isARequestWithoutInputs() throws IOException {
        container.requestHeaders.put("Content-Length", "0");
        container.input.end();
        start(ONE, this::keep, new ReadGate(1));

        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request.inputs()).isEmpty());
        sinks.get(0).onResponse(text("a"), true);
    }

    @Test
    void unknownModel_isToldBeforeTheBodyIsUnderstood() throws IOException {
        send("/v2/models/nobody/generate_stream", this::keep);

        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).isEqualTo("{\"error\":\"no nobody\"}");
        assertThat(container.responseHeaders).containsEntry("Content-Type", "application/json");
    }

    @Test
    void otherPaths_areLeftToOthers() {
        assertThat(endpoint(this::keep).takes("/v2/models/text/infer", container.request(), container.response()))
                .isFalse();
    }

    @Test
    void stream_writesEachResponseAsItComes() throws Exception {
        send(STREAM, this::keep);
        container.output.expect("a\"}\n\n", () -> sinks.get(0).onResponse(text("a"), false));
        container.output.expect("b\"}\n\n", () -> sinks.get(0).onResponse(text("b"), false));
        sinks.get(0).onResponse(nothing(), true);
        awaitEnd();

        assertThat(container.status).isEqualTo(200);
        assertThat(container.responseHeaders).containsEntry("Content-Type", "text/event-stream; charset=utf-8");
        assertThat(container.output.text()).isEqualTo(event("a") + event("b"));
    }

    @Test
    void streamWithoutResponses_isEmpty() throws Exception {
        send(STREAM, this::keep);
        sinks.get(0).onResponse(nothing(), true);
        awaitEnd();

        assertThat(container.status).isEqualTo(200);
        assertThat(container.responseHeaders).containsEntry("Content-Type", "text/event-stream; charset=utf-8");
        assertThat(container.output.text()).isEmpty();
    }

    @Test
    void refusalOfTheRequest_isPlainJson() throws Exception {
        send(STREAM, (request, sink) -> {
            request.release();
            sink.onError(new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size"));
            return () -> {};
        });
        awaitEnd();

        assertThat(container.status).isEqualTo(503);
        assertThat(container.responseHeaders).containsEntry("Content-Type", "application/json");
        assertThat(container.output.text()).isEqualTo("{\"error\":\"Exceeds maximum queue size\"}");
    }

    @Test
    void failureOfTheModelAtFirst_isAnEventWithItsStatus() throws Exception {
        send(STREAM, this::keep);
        sinks.get(0).onError(new InferenceException(ErrorCode.MODEL_FAILED, "An Error Occurred"));
        awaitEnd();

        assertThat(container.status).isEqualTo(500);
        assertThat(container.responseHeaders).containsEntry("Content-Type", "text/event-stream; charset=utf-8");
        assertThat(container.output.text()).isEqualTo("data: {\"error\":\"An Error Occurred\"}\n\n");
    }

    @Test
    void laterFailure_isAnEventToo() throws Exception {
        send(STREAM, this::keep);
        container.output.expect("\n\n", () -> sinks.get(0).onResponse(text("a"), false));
        sinks.get(0).onError(new InferenceException(ErrorCode.INVALID_ARGUMENT, "no more"));
        awaitEnd();

        assertThat(container.status).isEqualTo(200);
        assertThat(container.output.text()).endsWith("\"OUT\":\"a\"}\n\ndata: {\"error\":\"no more\"}\n\n");
    }

    @Test
    void responseThatCannotBeWritten_isAFailureAndTheStreamGoesOn() throws Exception {
        send(STREAM, this::keep);
        container.output.expect("\n\n", () -> sinks.get(0).onResponse(text("a"), false));
        Tensor half = new Tensor("OUT", DataType.FP16, Shape.of(1), memory.allocate(2));
        sinks.get(0).onResponse(response(List.of(half)), false);
        sinks.get(0).onResponse(text("b"), true);
        awaitEnd();

        assertThat(container.output.text())
                .contains("data: {\"error\":\"sending FP16")
                .endsWith("\"OUT\":\"b\"}\n\n");
    }

    @Test
    void clientThatGoesWhileTheModelWorks_cancels() throws Exception {
        send(STREAM, this::keep);
        container.fail();

        assertThat(cancels).hasValue(1);
        sinks.get(0).onResponse(text("late"), false);
        sinks.get(0).onResponse(text("later"), true);
        assertThat(container.output.text()).isEmpty();
    }

    @Test
    void clientThatIsGoneAtAWrite_cancels() throws Exception {
        container.output.isBroken = true;
        send(STREAM, this::keep);
        sinks.get(0).onResponse(text("a"), false);
        awaitEnd();

        assertThat(cancels).hasValue(1);
        sinks.get(0).onResponse(text("late"), true);
    }

    @Test
    void slowClient_holdsResponsesBackInTheEnginesMemory() throws Exception {
        CountDownLatch reads = holdWrites();
        send(STREAM, this::keep);
        for (int i = 0; i < 100; i++) {
            sinks.get(0).onResponse(text("0123456789"), false);
        }

        assertThat(memory.inUse()).isGreaterThan(90 * 10);
        reads.countDown();
        sinks.get(0).onResponse(nothing(), true);
        awaitEnd();
        assertThat(container.output.text().split("\n\n", -1)).hasSize(101);
        assertThat(cancels).hasValue(0);
    }

    @Test
    void clientThatLeavesTooManyUnread_isCutOff() throws Exception {
        CountDownLatch reads = holdWrites();
        send(STREAM, this::keep);
        int sent = 0;
        while (cancels.get() == 0 && sent <= EventStream.MOST_UNREAD + 1) {
            sinks.get(0).onResponse(text("x"), false);
            sent++;
        }
        reads.countDown();
        awaitEnd();

        assertThat(cancels).hasValue(1);
        assertThat(container.output.text())
                .endsWith("data: {\"error\":\"the client has left 16384 responses of the stream unread\"}\n\n");
    }

    @Test
    void streamWhenAllWritersAreBusy_isUnavailable() throws Exception {
        writer.close();
        send(STREAM, this::keep);
        sinks.get(0).onResponse(text("a"), false);
        awaitEnd();

        assertThat(container.status).isEqualTo(503);
        assertThat(cancels).hasValue(1);
        sinks.get(0).onResponse(text("late"), true);
    }

    @Test
    void bodyThatDribbles_holdsNoThread() throws Exception {
        container.requestHeaders.put("Content-Length", "13");
        start(STREAM, this::keep, new ReadGate(0));
        container.input.arrive("{\"IN\":".getBytes(StandardCharsets.UTF_8));
        assertThat(requests).isEmpty();
        container.input.arrive("[\"hi\"]}".getBytes(StandardCharsets.UTF_8));
        container.input.end();
        sinks.get(0).onResponse(text("a"), true);
        awaitEnd();

        assertThat(container.output.text()).contains("\"OUT\":\"a\"");
    }

    private void send(String path, InferenceService service) throws IOException {
        byte[] body = "{\"IN\":\"hi\",\"parameters\":{\"top_k\":3}}".getBytes(StandardCharsets.UTF_8);
        container.requestHeaders.put("Content-Length", Integer.toString(body.length));
        container.input.arrive(body);
        container.input.end();
        start(path, service, new ReadGate(1));
    }

    private void start(String path, InferenceService service, ReadGate gate) {
        assertThat(endpoint(service, gate).takes(path, container.request(), container.response()))
                .isTrue();
    }

    private GenerateEndpoint endpoint(InferenceService service) {
        return endpoint(service, new ReadGate(1));
    }

    private GenerateEndpoint endpoint(InferenceService service, ReadGate gate) {
        TextModel status = new TextModel();
        RequestBodies json = new InferBodies(CodecLimits.DEFAULT, memory, RegionSource.NONE, status);
        GenerateResponseEncoder encoder = new GenerateResponseEncoder();
        RequestBodies bodies =
                new JsonBodies(json, new GenerateRequestDecoder(CodecLimits.DEFAULT, memory)::decode, status);
        return new GenerateEndpoint(
                new InferEndpoint(
                        service, bodies, new GenerateAnswers(encoder), HeaderForwarding.NONE, gate, writer, traces),
                encoder);
    }

    private CountDownLatch holdWrites() {
        CountDownLatch reads = new CountDownLatch(1);
        container.output.slowness = () -> {
            try {
                reads.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        return reads;
    }

    private void awaitEnd() throws InterruptedException {
        assertThat(container.completed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private InferenceCall keep(InferenceRequest request, ResponseSink sink) {
        requests.add(request);
        sinks.add(sink);
        return cancels::incrementAndGet;
    }

    private static String event(String text) {
        return "data: {\"model_name\":\"text\",\"model_version\":\"1\",\"OUT\":\"" + text + "\"}\n\n";
    }

    private InferenceResponse text(String text) {
        return response(List.of(Tensors.ofStrings(memory, "OUT", Shape.of(1, 1), text)));
    }

    private static InferenceResponse nothing() {
        return response(List.of());
    }

    private static InferenceResponse response(List<Tensor> outputs) {
        return new InferenceResponse("", new ModelId("text", 1), outputs, Parameters.NONE);
    }
}
