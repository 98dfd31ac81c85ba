package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.tensor.Tensor;
import io.longshore.web.http.TrackedAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamInferTest {
    private static final int MEBIBYTE = 1 << 20;

    private final TrackedAllocator memory = TrackedAllocator.direct(64 * MEBIBYTE);
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
    private GrpcWire wire;

    /** A request that the engine was given and has not answered. */
    private record Held(InferenceRequest request, ResponseSink sink) {
        /** Answers with the inputs. */
        void echo(boolean isFinal) {
            request.inputs().forEach(Tensor::retain);
            sink.onResponse(response(request.inputs()), isFinal);
            if (isFinal) {
                request.release();
            }
        }

        void endWithout() {
            request.release();
            sink.onResponse(response(List.of()), true);
        }

        void fail(ErrorCode code, String message) {
            request.release();
            sink.onError(new InferenceException(code, message));
        }

        private InferenceResponse response(List<Tensor> outputs) {
            return new InferenceResponse(request.id(), new ModelId("m", 1), outputs, Parameters.NONE);
        }
    }

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire(this::hold, new FewModels(), memory);
    }

    @AfterEach
    void nothingIsLost() {
        wire.close();
        assertThat(memory.inUse()).isZero();
    }

    @Test
    void requestsThatEndInAnyOrder_areAnsweredInTheirs() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        List<Held> requests = sendAndHold(client, request("1", 4), request("2", 4), request("3", 4));

        requests.get(2).echo(true);
        requests.get(0).echo(true);
        requests.get(1).echo(true);

        for (String id : List.of("1", "2", "3")) {
            ModelStreamInferResponse response = client.next();
            assertThat(response.getErrorMessage()).isEmpty();
            assertThat(response.getInferResponse().getId()).isEqualTo(id);
            assertThat(isFinal(response)).isTrue();
        }
        client.halfClose();
        assertThat(client.end().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void decoupledModel_isAnsweredAsItComes() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        List<Held> requests = sendAndHold(client, decoupled("1", false), decoupled("2", false));

        requests.get(1).echo(false);
        requests.get(0).echo(false);
        requests.get(1).echo(true);
        requests.get(0).endWithout();

        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ModelStreamInferResponse response = client.next();
            seen.add(response.getInferResponse().getId() + isFinal(response));
        }
        assertThat(seen).containsExactly("2false", "1false", "2true");
        client.halfClose();
        assertThat(client.end().isOk()).isTrue();
        assertThat(client.unread()).isZero();
    }

    @Test
    void emptyFinalResponse_isSentWhereItIsAskedFor() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        sendAndHold(client, decoupled("1", true)).get(0).endWithout();

        ModelStreamInferResponse response = client.next();

        assertThat(isFinal(response)).isTrue();
        assertThat(response.getInferResponse().getOutputsCount()).isZero();
        client.halfClose();
        assertThat(client.end().isOk()).isTrue();
    }

    @Test
    void failure_isAnsweredInsideTheStream() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        List<Held> requests = sendAndHold(client, request("1", 4), request("2", 4));
        client.send(request("3", 4).toBuilder().clearRawInputContents().build());

        requests.get(1).echo(true);
        requests.get(0).fail(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size");

        ModelStreamInferResponse first = client.next();
        assertThat(first.getErrorMessage()).isEqualTo("Exceeds maximum queue size");
        assertThat(first.getInferResponse().getId()).isEqualTo("1");
        assertThat(client.next().getInferResponse().getId()).isEqualTo("2");
        assertThat(client.next().getErrorMessage())
                .isEqualTo("unable to find data for input tensor 'IN' for model 'm' in request.");
        client.halfClose();
        assertThat(client.end().isOk()).isTrue();
    }

    @Test
    void failure_endsAStreamThatWantsStatuses() throws Exception {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER), "true");
        StreamClient client = new StreamClient(wire, headers);
        List<Held> requests = sendAndHold(client, request("1", 4), request("2", 4));

        requests.get(1).fail(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size");

        Status status = client.end();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo("Exceeds maximum queue size");
        assertThat(cancelled.poll(20, TimeUnit.SECONDS)).isEqualTo("1");
        requests.get(0).echo(true);
    }

    @Test
    void clientThatLeaves_withdrawsAllRequests() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        List<Held> requests = sendAndHold(client, request("1", 4), request("2", 4));
        requests.get(1).echo(true);

        client.cancel();

        assertThat(cancelled.poll(20, TimeUnit.SECONDS)).isEqualTo("1");
        requests.get(0).fail(ErrorCode.CANCELLED, "withdrawn");
    }

    @Test
    void responsesThatNobodyReads_stayInTheEnginesMemory() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        List<ModelInferRequest> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(request(String.valueOf(i), MEBIBYTE));
        }
        List<Held> requests = sendAndHold(client, sent.toArray(ModelInferRequest[]::new));

        requests.forEach(request -> request.echo(true));

        // The transport takes one or two, and then has no room until somebody reads.
        assertThat(memory.inUse()).isGreaterThanOrEqualTo(17L * MEBIBYTE);
        for (int i = 0; i < 20; i++) {
            assertThat(client.next().getInferResponse().getId()).isEqualTo(String.valueOf(i));
        }
        client.halfClose();
        assertThat(client.end().isOk()).isTrue();
    }

    @Test
    void streamWithoutRequests_endsWell() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        client.halfClose();

        assertThat(client.end().isOk()).isTrue();
    }

    private List<Held> sendAndHold(StreamClient client, ModelInferRequest... requests) throws InterruptedException {
        List<Held> taken = new ArrayList<>();
        for (ModelInferRequest request : requests) {
            client.send(request);
            Held next = held.poll(20, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            taken.add(next);
        }
        return taken;
    }

    private static ModelInferRequest request(String id, int bytes) {
        return GrpcWire.request(bytes).toBuilder().setId(id).build();
    }

    private static ModelInferRequest decoupled(String id, boolean emptyFinalResponse) {
        return request(id, 4).toBuilder()
                .setModelName("decoupled")
                .putParameters(
                        "triton_enable_empty_final_response",
                        InferParameter.newBuilder()
                                .setBoolParam(emptyFinalResponse)
                                .build())
                .build();
    }

    private static boolean isFinal(ModelStreamInferResponse response) {
        return response.getInferResponse()
                .getParametersOrThrow("triton_final_response")
                .getBoolParam();
    }

    private InferenceCall hold(InferenceRequest request, ResponseSink sink) {
        held.add(new Held(request, sink));
        return () -> cancelled.add(request.id());
    }
}
