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
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.HeaderForwarding;
import io.longshore.protocol.rest.InferResponseEncoder;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ContentCoding;
import io.longshore.web.http.ReadGate;
import io.longshore.web.http.TrackedAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InferExchangeTest {
    private static final byte[] JSON = ("{\"inputs\":[{\"name\":\"IN\",\"shape\":[4],\"datatype\":\"INT8\","
                    + "\"parameters\":{\"binary_data_size\":4}}]}")
            .getBytes(StandardCharsets.UTF_8);

    private final TrackedAllocator memory = TrackedAllocator.direct(4 << 20);
    private final FakeContainer container = new FakeContainer();
    private final RecordedTraces recorded = new RecordedTraces();
    private final TraceRegistry traces = recorded.registry(RecordedTraces.EVERY);
    private final List<ResponseSink> sinks = new ArrayList<>();
    private final List<InferenceRequest> requests = new ArrayList<>();
    private final AtomicInteger cancels = new AtomicInteger();
    private AnswerWriter writer = new AnswerWriter(4);
    private ReadGate gate = new ReadGate(1);
    private HeaderForwarding forwarding = HeaderForwarding.NONE;

    @AfterEach
    void nothingIsLost() {
        writer.close();
        assertThat(memory.inUse()).isZero();
        assertThat(recorded.unfinished(traces)).isZero();
        assertThat(container.completions).isEqualTo(container.isAsync ? 1 : 0);
    }

    @Test
    void answerThatIsThereAtOnce_isWrittenSynchronously() throws IOException {
        send(this::echo);
        assertThat(container.isAsync).isFalse();
        assertThat(container.status).isEqualTo(200);
        assertThat(container.output.text()).contains("\"model_name\":\"m\"");
        assertThat(container.responseHeaders).containsEntry("Content-Type", "application/json");
    }

    @Test
    void modelThatWaits_isAnsweredByWhoeverEndsIt() throws IOException {
        send(this::keep);
        assertThat(container.isAsync).isTrue();
        assertThat(container.output.size()).isZero();
        finish();
        assertThat(container.status).isEqualTo(200);
        assertThat(container.output.size()).isPositive();
    }

    @Test
    void tracedRequest_recordsItsWayThroughTheWire() throws IOException {
        send(this::keep);
        assertThat(requests.get(0).options().trace()).isNotNull();
        assertThat(recorded.roots).isEmpty();
        finish();

        assertThat(recorded.roots).hasSize(1);
        assertThat(RecordedTraces.moments(recorded.roots.get(0)))
                .containsExactly("HTTP_RECV_START", "HTTP_RECV_END", "HTTP_SEND_START", "HTTP_SEND_END");
    }

    @Test
    void headersThatMatch_areParametersOfTheRequest() throws IOException {
        forwarding = HeaderForwarding.of("^x-");
        container.requestHeaders.put("X-Tenant", "acme");
        container.requestHeaders.put("Authorization", "secret");
        send(this::keep);

        assertThat(requests.get(0).parameters().asMap()).containsOnly(Map.entry("x-tenant", "acme"));
        finish();
    }

    @Test
    void headerWithAReservedName_isRefused() throws IOException {
        forwarding = HeaderForwarding.of(".*");
        container.requestHeaders.put("priority", "1");
        send(this::keep);

        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text())
                .isEqualTo("{\"error\":\"Header 'priority' is reserved for Triton usage and cannot be forwarded.\"}");
        assertThat(requests).isEmpty();
    }

    @Test
    void failure_becomesItsStatusAndBody() throws IOException {
        send((request, sink) -> {
            request.release();
            sink.onError(new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size"));
            return () -> {};
        });
        assertThat(container.status).isEqualTo(503);
        assertThat(container.output.text()).isEqualTo("{\"error\":\"Exceeds maximum queue size\"}");
        assertThat(container.responseHeaders).containsEntry("Retry-After", "1");
    }

    @Test
    void serviceThatThrows_isInternal() throws IOException {
        send((request, sink) -> {
            throw new IllegalStateException("the bean is stopped");
        });
        assertThat(container.status).isEqualTo(500);
        assertThat(container.output.text()).doesNotContain("bean");
    }

    @Test
    void bodyThatDribbles_holdsNoThread() throws IOException {
        gate = new ReadGate(0);
        start(this::echo);
        assertThat(container.input.hasListener()).isTrue();
        container.input.arrive(JSON);
        container.input.arrive(new byte[] {1, 2});
        assertThat(container.output.size()).isZero();
        container.input.arrive(new byte[] {3, 4});
        container.input.end();
        assertThat(container.status).isEqualTo(200);
    }

    @Test
    void restOfABody_isReadWithAListener() throws IOException {
        container.input.arrive(JSON);
        start(this::echo);
        assertThat(container.input.hasListener()).isTrue();
        container.input.arrive(new byte[4]);
        container.input.end();
        assertThat(container.status).isEqualTo(200);
    }

    @Test
    void bodyThatEndsEarly_isTheCallersFault() throws IOException {
        gate = new ReadGate(0);
        start(this::echo);
        container.input.arrive(JSON);
        container.input.breakOff();
        assertThat(container.status).isEqualTo(400);
        assertThat(requests).isEmpty();
    }

    @Test
    void clientThatGoesWhileItWaits_cancelsAndLeavesNothing() throws IOException {
        send(this::keep);
        container.fail();
        assertThat(cancels).hasValue(1);
        sinks.get(0).onResponse(response(requests.get(0)), true);
        assertThat(container.output.size()).isZero();
    }

    @Test
    void clientThatGoesBeforeTheAnswerIsWritten_leavesNothing() throws IOException {
        container.output.isBroken = true;
        send(this::echo);
        assertThat(container.output.size()).isZero();
    }

    @Test
    void outputThatJsonCannotHold_isRefused() throws IOException {
        send((request, sink) -> {
            request.release();
            Tensor half = new Tensor("OUT", DataType.FP16, Shape.of(2), memory.allocate(4));
            sink.onResponse(new InferenceResponse("", new ModelId("m", 1), List.of(half), Parameters.NONE), true);
            return () -> {};
        });
        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).contains("FP16");
    }

    @Test
    void bodyThatCannotBeUnderstood_isRefused() throws IOException {
        container.requestHeaders.put("Inference-Header-Content-Length", "abc");
        send(this::echo);
        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).contains("Unable to parse Inference-Header-Content-Length, got: abc");
    }

    @Test
    void compressedBody_isExpandedIntoTheRequestsMemory() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            gzip.write(JSON);
            gzip.write(new byte[] {1, 2, 3, 4});
        }
        container.input.arrive(body.toByteArray());
        container.input.end();
        container.requestHeaders.put("Content-Length", Integer.toString(body.size()));
        start(this::echo, ContentCoding.GZIP);
        assertThat(container.output.text()).contains("[1,2,3,4]");
    }

    @Test
    void bodyThatTheContainerExpanded_isTakenAsItIs() throws IOException {
        container.input.arrive(JSON);
        container.input.arrive(new byte[] {1, 2, 3, 4});
        container.input.end();
        container.requestHeaders.put("Content-Length", "20");
        start(this::echo, ContentCoding.GZIP);
        assertThat(container.output.text()).contains("[1,2,3,4]");
    }

    @Test
    void bodyThatIsNotInItsCoding_isRefused() throws IOException {
        container.input.arrive(JSON);
        container.input.end();
        container.requestHeaders.put("Content-Length", Integer.toString(JSON.length));
        start(this::echo, ContentCoding.GZIP);
        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).contains("the request body is not valid gzip");
    }

    @Test
    void answerToAClientThatAsksForIt_isCompressed() throws IOException {
        container.requestHeaders.put("Accept-Encoding", "gzip");
        send(this::echo);
        assertThat(container.responseHeaders).containsEntry("Content-Encoding", "gzip");
    }

    @Test
    void bodyBeyondTheBudget_isUnavailableWithoutBeingRead() throws IOException {
        container.requestHeaders.put("Content-Length", Integer.toString(64 << 20));
        start(this::echo);
        assertThat(container.status).isEqualTo(503);
    }

    @Test
    void largeAnswer_isWrittenByAThreadOfItsOwn() throws Exception {
        send(this::large);
        assertThat(container.isAsync).isTrue();
        assertThat(container.completed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(container.status).isEqualTo(200);
        assertThat(container.output.size()).isGreaterThan(1 << 20);
    }

    @Test
    void largeAnswerThatComesLater_leavesTheEnginesThread() throws Exception {
        send(this::keep);
        requests.get(0).release();
        sinks.get(0).onResponse(largeResponse(), true);
        assertThat(container.completed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(container.output.size()).isGreaterThan(1 << 20);
    }

    @Test
    void largeAnswerWhenAllWritersAreBusy_isUnavailable() throws IOException {
        writer.close();
        send(this::large);
        assertThat(container.status).isEqualTo(503);
        assertThat(container.output.text()).contains("too many large answers");
    }

    private void send(InferenceService service) throws IOException {
        container.input.arrive(JSON);
        container.input.arrive(new byte[] {1, 2, 3, 4});
        container.input.end();
        start(service);
    }

    private void start(InferenceService service) {
        start(service, ContentCoding.IDENTITY);
    }

    private void start(InferenceService service, ContentCoding coding) {
        container.requestHeaders.putIfAbsent("Content-Length", Integer.toString(JSON.length + 4));
        container.requestHeaders.putIfAbsent("Inference-Header-Content-Length", Integer.toString(JSON.length));
        InferBodies bodies = new InferBodies(CodecLimits.DEFAULT, memory, RegionSource.NONE, new NoStatus());
        InferEndpoint endpoint = new InferEndpoint(
                service, bodies, new InferAnswers(new InferResponseEncoder()), forwarding, gate, writer, traces);
        InferHead head = InferHead.of(ModelSelector.latest("m"), coding, container.request());
        new InferExchange(endpoint, head, container.request(), container.response()).start();
    }

    private InferenceCall echo(InferenceRequest request, ResponseSink sink) {
        sink.onResponse(response(request), true);
        return () -> {};
    }

    private InferenceCall keep(InferenceRequest request, ResponseSink sink) {
        requests.add(request);
        sinks.add(sink);
        return cancels::incrementAndGet;
    }

    private InferenceCall large(InferenceRequest request, ResponseSink sink) {
        request.release();
        sink.onResponse(largeResponse(), true);
        return () -> {};
    }

    private void finish() {
        sinks.get(0).onResponse(response(requests.get(0)), true);
    }

    private static InferenceResponse response(InferenceRequest request) {
        return new InferenceResponse(request.id(), new ModelId("m", 1), request.inputs(), Parameters.NONE);
    }

    private InferenceResponse largeResponse() {
        Tensor output = new Tensor("OUT", DataType.INT8, Shape.of(1 << 20), memory.allocate(1 << 20));
        return new InferenceResponse("", new ModelId("m", 1), List.of(output), Parameters.NONE);
    }
}
