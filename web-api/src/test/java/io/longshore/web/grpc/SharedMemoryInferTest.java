package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.InferenceService;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.SharedRegion;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.region.SharedFolder;
import io.longshore.web.http.TrackedAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inference over gRPC with tensors in shared memory. */
class SharedMemoryInferTest {
    /** A request that the engine was given and has not answered. */
    private record Held(InferenceRequest request, ResponseSink sink) {}

    @TempDir
    private Path folder;

    private final TrackedAllocator memory = TrackedAllocator.direct(1 << 20);
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private volatile InferenceService engine = SharedMemoryInferTest::echo;
    private SharedFolder shared;
    private GrpcWire wire;

    @BeforeEach
    void open() throws IOException {
        shared = new SharedFolder(folder).region("in", (byte) 1, (byte) 2).region("out", new byte[2]);
        wire = new GrpcWire(
                (request, sink) -> engine.infer(request, sink),
                new FewModels(),
                new RecordingControl(),
                shared.registry,
                memory);
    }

    @AfterEach
    void nothingIsHeld() {
        wire.close();
        assertThat(memory.inUse()).isZero();
        shared.registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).as("regions in use").isEmpty();
        shared.registry.close();
    }

    @Test
    void tensorsInRegions_areNeitherInTheRequestNorInTheResponse() {
        ModelInferResponse response = wire.infer(request("m", 2));

        assertThat(response.getOutputs(0).getName()).isEqualTo("X");
        assertThat(response.getOutputs(0).getParametersCount()).isZero();
        assertThat(response.getRawOutputContentsList()).hasSize(1);
        assertThat(response.getRawOutputContents(0)).isEmpty();
        assertThat(shared.bytes("out")).containsExactly(1, 2);
    }

    @Test
    void outputLargerThanItsPlace_isInternalAsWithTriton() {
        Status status = assertThrows(StatusRuntimeException.class, () -> wire.infer(request("m", 1)))
                .getStatus();
        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription())
                .isEqualTo("shared memory size specified with the request for output 'X' (1 bytes) should be at least 2"
                        + " bytes to hold the results");
    }

    @Test
    void regionsUnregisteredWhileTheModelRuns_stayUntilItsEnd() throws Exception {
        engine = this::hold;
        ListenableFuture<ModelInferResponse> call = startCall();
        Held running = held.take();
        shared.registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).containsExactly("in", "out");

        echo(running.request(), running.sink());

        assertThat(call.get(20, TimeUnit.SECONDS).getOutputsCount()).isEqualTo(1);
        assertThat(shared.bytes("out")).containsExactly(1, 2);
        assertThat(shared.names()).isEmpty();
    }

    @Test
    void clientThatCancels_leavesNoRegionInUse() throws Exception {
        engine = this::hold;
        ListenableFuture<ModelInferResponse> call = startCall();
        Held running = held.take();
        call.cancel(true);
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        running.request().release();
        running.sink().onError(new InferenceException(ErrorCode.CANCELLED, "withdrawn"));
    }

    @Test
    void secondMessage_leavesNoRegionInUse() throws Exception {
        engine = this::hold;
        ClientCall<ModelInferRequest, ModelInferResponse> call =
                wire.channel.newCall(GrpcWire.INFER, CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(request("m", 2));
        call.sendMessage(request("m", 2));
        assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void streamedRequests_useRegionsTooAndFailOneByOne() throws Exception {
        StreamClient client = new StreamClient(wire, new Metadata());
        client.send(request("m", 2));
        ModelStreamInferResponse answered = client.next();
        assertThat(answered.getErrorMessage()).isEmpty();
        assertThat(answered.getInferResponse().getRawOutputContents(0)).isEmpty();
        assertThat(shared.bytes("out")).containsExactly(1, 2);

        shared.truncate("in", 1);
        client.send(request("m", 2));
        assertThat(client.next().getErrorMessage())
                .contains("shared memory region 'in' is smaller than it was registered");
        client.halfClose();
        assertThat(client.end().isOk()).isTrue();
    }

    @Test
    void responseThatDoesNotFit_endsItsDecoupledRequestAndWithdrawsIt() throws Exception {
        engine = this::hold;
        StreamClient client = new StreamClient(wire, new Metadata());
        client.send(request("decoupled", 1));
        Held running = held.take();
        running.request().inputs().forEach(input -> input.retain());
        running.sink().onResponse(response(running.request()), false);

        assertThat(client.next().getErrorMessage()).contains("should be at least 2 bytes to hold the results");
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        running.sink().onResponse(response(running.request()), true);
        client.halfClose();
        assertThat(client.end().isOk()).isTrue();
    }

    private ListenableFuture<ModelInferResponse> startCall() {
        return ClientCalls.futureUnaryCall(wire.channel.newCall(GrpcWire.INFER, CallOptions.DEFAULT), request("m", 2));
    }

    private InferenceCall hold(InferenceRequest request, ResponseSink sink) {
        held.add(new Held(request, sink));
        return cancelled::countDown;
    }

    private static InferenceCall echo(InferenceRequest request, ResponseSink sink) {
        sink.onResponse(response(request), true);
        return () -> {};
    }

    private static InferenceResponse response(InferenceRequest request) {
        return new InferenceResponse(request.id(), new ModelId("m", 1), request.inputs(), Parameters.NONE);
    }

    private static ModelInferRequest request(String model, int room) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                        .setName("X")
                        .setDatatype("INT8")
                        .addShape(2)
                        .putAllParameters(place("in", 2)))
                .addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                        .setName("X")
                        .putAllParameters(place("out", room)))
                .build();
    }

    private static Map<String, InferParameter> place(String region, int byteSize) {
        return Map.of(
                "shared_memory_region",
                InferParameter.newBuilder().setStringParam(region).build(),
                "shared_memory_byte_size",
                InferParameter.newBuilder().setInt64Param(byteSize).build());
    }
}
