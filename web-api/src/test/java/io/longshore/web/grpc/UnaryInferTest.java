package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.longshore.engine.RecordedTraces;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.InferenceService;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.web.http.TrackedAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnaryInferTest {
    /** A request that the engine was given and has not answered. */
    private record Held(InferenceRequest request, ResponseSink sink) {}

    private final TrackedAllocator memory = TrackedAllocator.direct(64 << 20);
    private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private @Nullable GrpcWire wire;

    @AfterEach
    void nothingIsLost() {
        if (wire != null) {
            wire.close();
        }
        assertThat(memory.inUse()).isZero();
    }

    @Test
    void tensorOfManyBuffers_comesBackAsSent() throws IOException {
        byte[] bytes = new byte[5 << 20];
        new Random(1).nextBytes(bytes);
        ModelInferRequest request = GrpcWire.request(bytes.length).toBuilder()
                .setRawInputContents(0, ByteString.copyFrom(bytes))
                .build();

        ModelInferResponse response = start(UnaryInferTest::echo).infer(request);

        assertThat(response.getModelName()).isEqualTo("m");
        assertThat(response.getId()).isEqualTo("7");
        assertThat(response.getRawOutputContents(0).toByteArray()).isEqualTo(bytes);
    }

    @Test
    void tracedRequest_recordsItsWayThroughTheWire() throws IOException {
        GrpcWire running = start(UnaryInferTest::echo);

        running.infer(GrpcWire.request(4));

        running.close();
        wire = null;
        assertThat(RecordedTraces.moments(running.traces.roots.get(0)))
                .containsExactly("GRPC_WAITREAD_START", "GRPC_WAITREAD_END", "GRPC_SEND_START", "GRPC_SEND_END");
    }

    @Test
    void compressedRequest_isUnderstood() throws IOException {
        ModelInferResponse response = ClientCalls.blockingUnaryCall(
                start(UnaryInferTest::echo).channel,
                GrpcWire.INFER,
                CallOptions.DEFAULT.withCompression("gzip"),
                GrpcWire.request(1000));

        assertThat(response.getRawOutputContents(0).size()).isEqualTo(1000);
    }

    @Test
    void compressedRequestBeyondTheLimit_isInvalid() throws IOException {
        GrpcWire running = start(UnaryInferTest::echo);

        StatusRuntimeException thrown = assertThrows(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        running.channel,
                        GrpcWire.INFER,
                        CallOptions.DEFAULT.withCompression("gzip"),
                        GrpcWire.request(2 << 20)));

        assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void requestThatCannotBeUnderstood_isInvalid() throws IOException {
        ModelInferRequest noData =
                GrpcWire.request(4).toBuilder().clearRawInputContents().build();

        Status status = failure(UnaryInferTest::echo, noData);

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription())
                .isEqualTo("unable to find data for input tensor 'IN' for model 'm' in request.");
    }

    @Test
    void failureOfTheEngine_keepsCodeAndMessage() throws IOException {
        Status status = failure(
                (request, sink) -> {
                    request.release();
                    sink.onError(new InferenceException(ErrorCode.UNAVAILABLE, "Exceeds maximum queue size"));
                    return () -> {};
                },
                GrpcWire.request(4));

        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo("Exceeds maximum queue size");
    }

    @Test
    void fullMemoryBudget_isUnavailable() throws IOException {
        Status status = failure(UnaryInferTest::echo, GrpcWire.request(65 << 20));

        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).contains("budget");
    }

    @Test
    void serviceThatThrows_isInternal() throws IOException {
        Status status = failure(
                (request, sink) -> {
                    throw new IllegalStateException("secret");
                },
                GrpcWire.request(4));

        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription()).doesNotContain("secret");
    }

    @Test
    void secondResponse_isRefusedAsDecoupled() throws IOException {
        Status status = failure(
                (request, sink) -> {
                    request.inputs().forEach(input -> input.retain());
                    sink.onResponse(response(request), false);
                    sink.onResponse(response(request), true);
                    return () -> {};
                },
                GrpcWire.request(4));

        assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(status.getDescription())
                .isEqualTo("ModelInfer RPC doesn't support models with decoupled transaction policy");
    }

    @Test
    void clientThatCancels_withdrawsTheRequest() throws Exception {
        ListenableFuture<ModelInferResponse> call = startCall(CallOptions.DEFAULT);
        Held waiting = held.take();

        call.cancel(true);

        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        // Too late for anybody.
        waiting.sink().onResponse(response(waiting.request()), true);
    }

    @Test
    void deadlineOfTheClient_isTheRequests() throws Exception {
        ListenableFuture<ModelInferResponse> call =
                startCall(CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));

        Held waiting = held.take();

        Deadline deadline = waiting.request().options().deadline();
        long left = deadline.nanos() - Ticker.SYSTEM.nanos();
        assertThat(deadline.isBounded()).isTrue();
        assertThat(Duration.ofNanos(left)).isBetween(Duration.ZERO, Duration.ofSeconds(5));
        waiting.request().release();
        waiting.sink().onError(new InferenceException(ErrorCode.DEADLINE_EXCEEDED, "Request timeout expired"));
        assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
    }

    @Test
    void metadataThatMatch_areParametersOfTheRequest() throws Exception {
        ListenableFuture<ModelInferResponse> call = startCall(with("x-tenant", "acme", "other", "1"));

        Held waiting = held.take();

        assertThat(waiting.request().parameters().asMap()).containsOnly(Map.entry("x-tenant", "acme"));
        waiting.sink().onResponse(response(waiting.request()), true);
        assertThat(call.get(10, TimeUnit.SECONDS).getId()).isEqualTo("7");
    }

    @Test
    void metadataWithAReservedName_areRefused() throws Exception {
        ListenableFuture<ModelInferResponse> call = startCall(with("priority", "1"));

        assertThat(assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS)))
                .hasRootCauseMessage("INVALID_ARGUMENT: Header 'priority' is reserved for Triton usage and cannot be"
                        + " forwarded.");
        assertThat(held).isEmpty();
    }

    @Test
    void decoupledModel_isRefusedBeforeItRuns() throws Exception {
        ListenableFuture<ModelInferResponse> call = startCall(CallOptions.DEFAULT);
        Held waiting = held.take();

        InferenceException refusal = Objects.requireNonNull(waiting.sink().refusalOfDecoupled());
        waiting.request().release();
        waiting.sink().onError(refusal);

        assertThat(assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS)))
                .hasRootCauseMessage(
                        "UNIMPLEMENTED: ModelInfer RPC doesn't support models with decoupled transaction policy");
    }

    @Test
    void deadlineThatPasses_withdrawsTheRequest() throws Exception {
        ListenableFuture<ModelInferResponse> call =
                startCall(CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS));

        Held waiting = held.take();

        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        waiting.request().release();
        waiting.sink().onError(new InferenceException(ErrorCode.CANCELLED, "withdrawn"));
        assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
    }

    @Test
    void callThatRuns_isAnsweredBeforeTheEndpointCloses() throws Exception {
        ListenableFuture<ModelInferResponse> call = startCall(CallOptions.DEFAULT);
        Held waiting = held.take();
        GrpcServer server = running().server;

        Thread closing = new Thread(server::close);
        closing.start();
        waiting.sink().onResponse(response(waiting.request()), true);

        assertThat(call.get(10, TimeUnit.SECONDS).getId()).isEqualTo("7");
        closing.join(10_000);
        assertThat(closing.isAlive()).isFalse();
    }

    private GrpcWire start(InferenceService service) throws IOException {
        wire = new GrpcWire(service, new FewModels(), memory);
        return wire;
    }

    private GrpcWire running() {
        GrpcWire started = wire;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started;
    }

    private ListenableFuture<ModelInferResponse> startCall(CallOptions options) throws IOException {
        return ClientCalls.futureUnaryCall(
                start(this::hold).channel.newCall(GrpcWire.INFER, options), GrpcWire.request(4));
    }

    /** Options of a call with these names and values as metadata. */
    private static CallOptions with(String... namesAndValues) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            metadata.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
        }
        return CallOptions.DEFAULT.withCallCredentials(new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
                applier.apply(metadata);
            }
        });
    }

    private Status failure(InferenceService service, ModelInferRequest request) throws IOException {
        GrpcWire running = start(service);
        return assertThrows(StatusRuntimeException.class, () -> running.infer(request))
                .getStatus();
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
        return new InferenceResponse(request.id(), new ModelId("m", 1), List.copyOf(request.inputs()), Parameters.NONE);
    }
}
