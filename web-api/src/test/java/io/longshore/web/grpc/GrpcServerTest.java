package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.longshore.protocol.grpc.proto.ModelConfigRequest;
import io.longshore.protocol.grpc.proto.ModelConfigResponse;
import io.longshore.protocol.grpc.proto.ModelMetadataRequest;
import io.longshore.protocol.grpc.proto.ModelMetadataResponse;
import io.longshore.protocol.grpc.proto.ModelReadyRequest;
import io.longshore.protocol.grpc.proto.ModelReadyResponse;
import io.longshore.protocol.grpc.proto.ModelStatisticsRequest;
import io.longshore.protocol.grpc.proto.ModelStatisticsResponse;
import io.longshore.protocol.grpc.proto.ServerLiveRequest;
import io.longshore.protocol.grpc.proto.ServerLiveResponse;
import io.longshore.protocol.grpc.proto.ServerMetadataRequest;
import io.longshore.protocol.grpc.proto.ServerMetadataResponse;
import io.longshore.protocol.grpc.proto.ServerReadyRequest;
import io.longshore.protocol.grpc.proto.ServerReadyResponse;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.web.WebSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcServerTest {
    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = new GrpcWire((request, sink) -> () -> {}, new FewModels(), MemoryAllocator.HEAP);
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    @Test
    void server_isLiveAndNotReady() {
        assertThat(call("ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(call(
                                "ServerReady",
                                ServerReadyRequest.getDefaultInstance(),
                                ServerReadyResponse.getDefaultInstance())
                        .getReady())
                .isFalse();
    }

    @Test
    void serverMetadata_isThatOfTheSettings() {
        assertThat(call(
                        "ServerMetadata",
                        ServerMetadataRequest.getDefaultInstance(),
                        ServerMetadataResponse.getDefaultInstance()))
                .isEqualTo(ServerMetadataResponse.newBuilder()
                        .setName("desk")
                        .setVersion("1.2.3")
                        .addAllExtensions(WebSettings.EXTENSIONS)
                        .build());
    }

    @Test
    void unknownModel_isNotReadyRatherThanAnError() {
        assertThat(modelReady("m", "")).isTrue();
        assertThat(modelReady("other", "")).isFalse();
    }

    @Test
    void versionThatIsNoNumber_isInvalid() {
        assertThat(code(() -> modelReady("m", "x"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void modelMetadata_hasVersionsAndShapesWithTheBatch() {
        ModelMetadataResponse model = metadata("m");

        assertThat(model.getPlatform()).isEqualTo("java");
        assertThat(model.getVersionsList()).containsExactly("1", "3");
        assertThat(model.getInputs(0).getDatatype()).isEqualTo("INT8");
        assertThat(model.getInputs(0).getShapeList()).containsExactly(-1L, -1L);
        assertThat(model.getOutputs(0).getShapeList()).containsExactly(-1L, 2L);
    }

    @Test
    void metadataOfUnknownModel_isInvalid() {
        assertThat(code(() -> metadata("other"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void modelConfig_isTheOneInEffect() {
        ModelConfigResponse response = call(
                "ModelConfig",
                ModelConfigRequest.newBuilder().setName("m").build(),
                ModelConfigResponse.getDefaultInstance());

        assertThat(response.getConfig().getBackend()).isEqualTo("java");
        assertThat(response.getConfig().getMaxBatchSize()).isEqualTo(4);
        assertThat(response.getConfig().getInput(0).getDimsList()).containsExactly(-1L);
    }

    @Test
    void modelStatistics_areTheSameNumbersAsOnRest() {
        ModelStatisticsResponse all = statistics("");

        assertThat(all.getModelStatsList()).hasSize(1);
        assertThat(all.getModelStats(0).getInferenceCount()).isEqualTo(5);
        assertThat(all.getModelStats(0).getInferenceStats().getSuccess().getNs())
                .isEqualTo(40);
        assertThat(all.getModelStats(0).getInferenceStats().getQueue().getNs()).isEqualTo(10);
        assertThat(all.getModelStats(0).getInferenceStats().getComputeInput().getNs())
                .isEqualTo(5);
        assertThat(all.getModelStats(0).getInferenceStats().getComputeInfer().getNs())
                .isEqualTo(21);
        assertThat(all.getModelStats(0).getInferenceStats().getComputeOutput().getNs())
                .isEqualTo(4);
        assertThat(all.getModelStats(0).getBatchStats(1).getComputeInput().getNs())
                .isEqualTo(3);
        assertThat(all.getModelStats(0).getBatchStats(1).getBatchSize()).isEqualTo(4);
        assertThat(statistics("m")).isEqualTo(all);
        assertThat(code(() -> statistics("other"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private ModelStatisticsResponse statistics(String model) {
        return call(
                "ModelStatistics",
                ModelStatisticsRequest.newBuilder().setName(model).build(),
                ModelStatisticsResponse.getDefaultInstance());
    }

    @Test
    void everyMethodOfTheDescription_isServed() {
        assertThat(V2Service.DESCRIPTION.getMethods())
                .filteredOn(method -> !method.getName().contains("Infer"))
                .hasSize(18)
                .allSatisfy(method -> assertThat(answer(method.getName()))
                        .as(method.getName())
                        .doesNotContain("Method not found"));
    }

    /** The description of the failure of an empty request, which may be that it has none; empty where it does not fail. */
    private String answer(String method) {
        try {
            ClientCalls.blockingUnaryCall(
                    wire.channel,
                    GrpcWire.method(method, Empty.getDefaultInstance(), Empty.getDefaultInstance()),
                    CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                    Empty.getDefaultInstance());
            return "";
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getStatus().getDescription());
        }
    }

    @Test
    void health_isThatOfTheServerOrOfTheModelNamed() {
        assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(health("m")).isEqualTo(ServingStatus.SERVING);
        assertThat(health("broken")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(code(() -> health("other"))).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void reflection_knowsTheMethods() throws Exception {
        ServerReflectionResponse answer = reflect(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("inference.GRPCInferenceService.ModelInfer")
                .build());

        assertThat(answer.getFileDescriptorResponse().getFileDescriptorProtoList())
                .isNotEmpty();
    }

    @Test
    void portThatIsTaken_failsAndLeavesNothing() {
        assertThrows(
                IOException.class,
                () -> GrpcServer.start(
                        GrpcWire.grpc(wire.server.port()), List.of(), wire.inbound, Executors.defaultThreadFactory()));
    }

    @Test
    void closing_endsEveryThreadOfItsOwn() throws InterruptedException {
        assertThat(modelReady("m", "")).isTrue();

        wire.close();

        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("longshore-grpc")) {
                // Its work is done, and it may be on its last instructions.
                thread.join(10_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private boolean modelReady(String name, String version) {
        return call(
                        "ModelReady",
                        ModelReadyRequest.newBuilder()
                                .setName(name)
                                .setVersion(version)
                                .build(),
                        ModelReadyResponse.getDefaultInstance())
                .getReady();
    }

    private ModelMetadataResponse metadata(String name) {
        return call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName(name).build(),
                ModelMetadataResponse.getDefaultInstance());
    }

    private ServingStatus health(String service) {
        return HealthGrpc.newBlockingStub(wire.channel)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    private ServerReflectionResponse reflect(ServerReflectionRequest request) throws Exception {
        CompletableFuture<ServerReflectionResponse> first = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(wire.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse answer) {
                        first.complete(answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        first.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        questions.onNext(request);
        ServerReflectionResponse answer = first.get(10, TimeUnit.SECONDS);
        questions.onCompleted();
        return answer;
    }

    private <Q extends Message, A extends Message> A call(String method, Q request, A answer) {
        MethodDescriptor<Q, A> descriptor = GrpcWire.method(method, request, answer);
        return wire.call(descriptor, request);
    }

    private static Status.Code code(Runnable action) {
        return assertThrows(StatusRuntimeException.class, action::run)
                .getStatus()
                .getCode();
    }
}
