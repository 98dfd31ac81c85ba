package io.longshore.web.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.InferenceService;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.SharedRegion;
import io.longshore.inference.Tracer;
import io.longshore.model.ModelId;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.HeaderForwarding;
import io.longshore.protocol.rest.InferResponseEncoder;
import io.longshore.region.SharedFolder;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ContentCoding;
import io.longshore.web.http.ReadGate;
import io.longshore.web.http.TrackedAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inference over HTTP with tensors in shared memory. */
class SharedMemoryExchangeTest {
    private static final String PLACE = "{\"shared_memory_region\":\"%s\",\"shared_memory_byte_size\":%d}";

    @TempDir
    private Path folder;

    private final TrackedAllocator memory = TrackedAllocator.direct(4 << 20);
    private final FakeContainer container = new FakeContainer();
    private final AnswerWriter writer = new AnswerWriter(4);
    private final List<InferenceRequest> requests = new ArrayList<>();
    private final List<ResponseSink> sinks = new ArrayList<>();
    private final AtomicInteger cancels = new AtomicInteger();
    private SharedFolder shared;

    @BeforeEach
    void open() {
        shared = new SharedFolder(folder)
                .region("in", (byte) 1, (byte) 2, (byte) 3)
                .region("out", new byte[3]);
    }

    @AfterEach
    void nothingIsHeld() {
        writer.close();
        assertThat(memory.inUse()).isZero();
        shared.registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).as("regions in use").isEmpty();
        shared.registry.close();
    }

    @Test
    void tensorsInRegions_areNeitherInTheRequestNorInTheAnswer() throws IOException {
        send(this::echo, 3);
        assertThat(container.status).isEqualTo(200);
        assertThat(container.output.text())
                .isEqualTo(
                        "{\"model_name\":\"m\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"X\",\"datatype\":\"INT8\","
                                + "\"shape\":[3]}]}");
        assertThat(container.responseHeaders)
                .containsEntry("Content-Type", "application/json")
                .doesNotContainKey("Inference-Header-Content-Length");
        assertThat(shared.bytes("out")).containsExactly(1, 2, 3);
    }

    @Test
    void outputLargerThanItsPlace_isInternalAsWithTriton() throws IOException {
        send(this::echo, 2);
        assertThat(container.status).isEqualTo(500);
        assertThat(container.output.text())
                .isEqualTo(
                        "{\"error\":\"shared memory size specified with the request for output 'X' (2 bytes) should be at"
                                + " least 3 bytes to hold the results\"}");
        assertThat(shared.bytes("out")).containsOnly(0);
    }

    @Test
    void unknownRegion_isNotFound() throws IOException {
        shared.registry.unregister(SharedRegion.Posix.class, "out");
        send(this::echo, 3);
        assertThat(container.status).isEqualTo(404);
        assertThat(container.output.text()).isEqualTo("{\"error\":\"Unable to find shared memory region: 'out'\"}");
    }

    @Test
    void objectCutOffWhileTheModelRuns_isTheCallersFault() throws IOException {
        send(this::keep, 3);
        shared.truncate("out", 1);
        finish();
        assertThat(container.status).isEqualTo(400);
        assertThat(container.output.text()).contains("shared memory region 'out' is smaller than it was registered");
        assertThat(shared.bytes("out")).hasSize(1);
    }

    @Test
    void regionsUnregisteredWhileTheModelRuns_stayUntilItsEnd() throws IOException {
        send(this::keep, 3);
        shared.registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).containsExactly("in", "out");
        finish();
        assertThat(container.status).isEqualTo(200);
        assertThat(shared.bytes("out")).containsExactly(1, 2, 3);
        assertThat(shared.names()).isEmpty();
    }

    @Test
    void clientThatGoes_leavesNoRegionInUse() throws IOException {
        send(this::keep, 3);
        container.fail();
        assertThat(cancels).hasValue(1);
        requests.get(0).release();
        sinks.get(0).onError(new InferenceException(ErrorCode.CANCELLED, "withdrawn"));
    }

    @Test
    void serviceThatThrows_leavesNoRegionInUse() throws IOException {
        send(
                (request, sink) -> {
                    throw new IllegalStateException("the bean is stopped");
                },
                3);
        assertThat(container.status).isEqualTo(500);
    }

    private void send(InferenceService service, int room) throws IOException {
        byte[] json = ("{\"inputs\":[{\"name\":\"X\",\"shape\":[3],\"datatype\":\"INT8\",\"parameters\":"
                        + PLACE.formatted("in", 3) + "}],\"outputs\":[{\"name\":\"X\",\"parameters\":"
                        + PLACE.formatted("out", room) + "}]}")
                .getBytes(StandardCharsets.UTF_8);
        container.requestHeaders.put("Content-Length", Integer.toString(json.length));
        container.input.arrive(json);
        container.input.end();
        InferBodies bodies = new InferBodies(CodecLimits.DEFAULT, memory, shared.registry, new NoStatus());
        InferEndpoint endpoint = new InferEndpoint(
                service,
                bodies,
                new InferAnswers(new InferResponseEncoder()),
                HeaderForwarding.NONE,
                new ReadGate(1),
                writer,
                Tracer.NONE);
        InferHead head = InferHead.of(ModelSelector.latest("m"), ContentCoding.IDENTITY, container.request());
        new InferExchange(endpoint, head, container.request(), container.response()).start();
    }

    private void finish() {
        echo(requests.get(0), sinks.get(0));
    }

    private InferenceCall keep(InferenceRequest request, ResponseSink sink) {
        requests.add(request);
        sinks.add(sink);
        return cancels::incrementAndGet;
    }

    private InferenceCall echo(InferenceRequest request, ResponseSink sink) {
        sink.onResponse(
                new InferenceResponse(request.id(), new ModelId("m", 1), request.inputs(), Parameters.NONE), true);
        return () -> {};
    }
}
