package io.longshore.web.grpc;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryRegisterRequest;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryRegisterResponse;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryStatusRequest;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryStatusResponse;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryUnregisterRequest;
import io.longshore.protocol.grpc.proto.CudaSharedMemoryUnregisterResponse;
import io.longshore.protocol.grpc.proto.GrpcServiceProto;
import io.longshore.protocol.grpc.proto.LogSettingsRequest;
import io.longshore.protocol.grpc.proto.LogSettingsResponse;
import io.longshore.protocol.grpc.proto.ModelConfigRequest;
import io.longshore.protocol.grpc.proto.ModelConfigResponse;
import io.longshore.protocol.grpc.proto.ModelMetadataRequest;
import io.longshore.protocol.grpc.proto.ModelMetadataResponse;
import io.longshore.protocol.grpc.proto.ModelReadyRequest;
import io.longshore.protocol.grpc.proto.ModelReadyResponse;
import io.longshore.protocol.grpc.proto.ModelStatisticsRequest;
import io.longshore.protocol.grpc.proto.ModelStatisticsResponse;
import io.longshore.protocol.grpc.proto.RepositoryIndexRequest;
import io.longshore.protocol.grpc.proto.RepositoryIndexResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadRequest;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadResponse;
import io.longshore.protocol.grpc.proto.ServerLiveRequest;
import io.longshore.protocol.grpc.proto.ServerLiveResponse;
import io.longshore.protocol.grpc.proto.ServerMetadataRequest;
import io.longshore.protocol.grpc.proto.ServerMetadataResponse;
import io.longshore.protocol.grpc.proto.ServerReadyRequest;
import io.longshore.protocol.grpc.proto.ServerReadyResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryRegisterRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryRegisterResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryStatusRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryStatusResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryUnregisterRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryUnregisterResponse;
import io.longshore.protocol.grpc.proto.TraceSettingRequest;
import io.longshore.protocol.grpc.proto.TraceSettingResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** {@code inference.GRPCInferenceService}, put together from its description, each method with what serves it. */
final class V2Service {
    /** The service as protobuf describes it. */
    static final ServiceDescriptor DESCRIPTION =
            GrpcServiceProto.getDescriptor().findServiceByName("GRPCInferenceService");

    /** The full name of the method that infers once. */
    static final String INFERENCE = DESCRIPTION.getFullName() + "/ModelInfer";

    private final Map<String, ServerMethodDefinition<?, ?>> methods = new LinkedHashMap<>();

    private V2Service() {}

    /** The service over an engine. */
    static ServerServiceDefinition of(
            Descriptions descriptions,
            StatisticsMessages statistics,
            RepositoryCalls repository,
            SharedMemoryCalls shared,
            TraceCalls traces,
            LogSettingsCalls log,
            InferParts infer) {
        V2Service service = new V2Service();
        service.describe(descriptions);
        service.unary(
                "ModelStatistics",
                ModelStatisticsRequest.getDefaultInstance(),
                ModelStatisticsResponse.getDefaultInstance(),
                statistics::of);
        service.control(repository);
        service.systemMemory(shared);
        service.cudaMemory(shared);
        service.unary(
                "TraceSetting",
                TraceSettingRequest.getDefaultInstance(),
                TraceSettingResponse.getDefaultInstance(),
                traces::setting);
        service.unary(
                "LogSettings",
                LogSettingsRequest.getDefaultInstance(),
                LogSettingsResponse.getDefaultInstance(),
                log::settings);
        service.add("ModelInfer", InferMarshallers.REQUEST, InferMarshallers.RESPONSE, UnaryInfer.handler(infer));
        service.add(
                "ModelStreamInfer", InferMarshallers.REQUEST, InferMarshallers.RESPONSE, StreamInfer.handler(infer));
        return service.definition();
    }

    private void describe(Descriptions answers) {
        unary(
                "ServerLive",
                ServerLiveRequest.getDefaultInstance(),
                ServerLiveResponse.getDefaultInstance(),
                request -> answers.live());
        unary(
                "ServerReady",
                ServerReadyRequest.getDefaultInstance(),
                ServerReadyResponse.getDefaultInstance(),
                request -> answers.ready());
        unary(
                "ModelReady",
                ModelReadyRequest.getDefaultInstance(),
                ModelReadyResponse.getDefaultInstance(),
                answers::ready);
        unary(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance(),
                request -> answers.server());
        unary(
                "ModelMetadata",
                ModelMetadataRequest.getDefaultInstance(),
                ModelMetadataResponse.getDefaultInstance(),
                answers::model);
        unary(
                "ModelConfig",
                ModelConfigRequest.getDefaultInstance(),
                ModelConfigResponse.getDefaultInstance(),
                answers::config);
    }

    private void control(RepositoryCalls repository) {
        unary(
                "RepositoryIndex",
                RepositoryIndexRequest.getDefaultInstance(),
                RepositoryIndexResponse.getDefaultInstance(),
                repository::index);
        add(
                "RepositoryModelLoad",
                InferMarshallers.REQUEST,
                ProtoUtils.marshaller(RepositoryModelLoadResponse.getDefaultInstance()),
                LoadCall.handler(repository));
        staged(
                "RepositoryModelUnload",
                RepositoryModelUnloadRequest.getDefaultInstance(),
                RepositoryModelUnloadResponse.getDefaultInstance(),
                repository::unload);
    }

    private void systemMemory(SharedMemoryCalls shared) {
        unary(
                "SystemSharedMemoryStatus",
                SystemSharedMemoryStatusRequest.getDefaultInstance(),
                SystemSharedMemoryStatusResponse.getDefaultInstance(),
                shared::status);
        unary(
                "SystemSharedMemoryRegister",
                SystemSharedMemoryRegisterRequest.getDefaultInstance(),
                SystemSharedMemoryRegisterResponse.getDefaultInstance(),
                shared::register);
        unary(
                "SystemSharedMemoryUnregister",
                SystemSharedMemoryUnregisterRequest.getDefaultInstance(),
                SystemSharedMemoryUnregisterResponse.getDefaultInstance(),
                shared::unregister);
    }

    private void cudaMemory(SharedMemoryCalls shared) {
        unary(
                "CudaSharedMemoryStatus",
                CudaSharedMemoryStatusRequest.getDefaultInstance(),
                CudaSharedMemoryStatusResponse.getDefaultInstance(),
                shared::status);
        unary(
                "CudaSharedMemoryRegister",
                CudaSharedMemoryRegisterRequest.getDefaultInstance(),
                CudaSharedMemoryRegisterResponse.getDefaultInstance(),
                shared::register);
        unary(
                "CudaSharedMemoryUnregister",
                CudaSharedMemoryUnregisterRequest.getDefaultInstance(),
                CudaSharedMemoryUnregisterResponse.getDefaultInstance(),
                shared::unregister);
    }

    private <Q extends Message, A extends Message> void unary(String name, Q request, A answer, Function<Q, A> action) {
        staged(name, request, answer, asked -> CompletableFuture.completedFuture(action.apply(asked)));
    }

    private <Q extends Message, A extends Message> void staged(
            String name, Q request, A answer, Function<Q, CompletionStage<A>> action) {
        add(
                name,
                ProtoUtils.marshaller(request),
                ProtoUtils.marshaller(answer),
                ServerCalls.asyncUnaryCall((asked, observer) -> answer(name, action, asked, observer)));
    }

    private static <Q, A> void answer(
            String name, Function<Q, CompletionStage<A>> action, Q asked, StreamObserver<A> observer) {
        CompletionStage<A> answer;
        try {
            answer = action.apply(asked);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((done, failure) -> {
            if (failure != null) {
                observer.onError(GrpcStatus.ofThrown(failure, name).asRuntimeException());
            } else {
                observer.onNext(done);
                observer.onCompleted();
            }
        });
    }

    private <Q, A> void add(
            String name,
            io.grpc.MethodDescriptor.Marshaller<Q> request,
            io.grpc.MethodDescriptor.Marshaller<A> answer,
            ServerCallHandler<Q, A> handler) {
        MethodDescriptor method = DESCRIPTION.findMethodByName(name);
        methods.put(
                name,
                ServerMethodDefinition.create(
                        io.grpc.MethodDescriptor.<Q, A>newBuilder(request, answer)
                                .setType(type(method))
                                .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(
                                        DESCRIPTION.getFullName(), name))
                                .setSchemaDescriptor(new V2Schema.Method(name))
                                .build(),
                        handler));
    }

    private static MethodType type(MethodDescriptor method) {
        if (method.isClientStreaming()) {
            return method.isServerStreaming() ? MethodType.BIDI_STREAMING : MethodType.CLIENT_STREAMING;
        }
        return method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
    }

    private ServerServiceDefinition definition() {
        io.grpc.ServiceDescriptor.Builder descriptor =
                io.grpc.ServiceDescriptor.newBuilder(DESCRIPTION.getFullName()).setSchemaDescriptor(new V2Schema());
        methods.values().forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(descriptor.build());
        methods.values().forEach(definition::addMethod);
        return definition.build();
    }
}
