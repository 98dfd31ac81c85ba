package io.longshore.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.longshore.protocol.grpc.proto.InferParameter;
import io.longshore.protocol.grpc.proto.ModelConfigRequest;
import io.longshore.protocol.grpc.proto.ModelConfigResponse;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelInferResponse.InferOutputTensor;
import io.longshore.protocol.grpc.proto.ModelMetadataRequest;
import io.longshore.protocol.grpc.proto.ModelMetadataResponse;
import io.longshore.protocol.grpc.proto.ModelReadyRequest;
import io.longshore.protocol.grpc.proto.ModelReadyResponse;
import io.longshore.protocol.grpc.proto.ModelRepositoryParameter;
import io.longshore.protocol.grpc.proto.ModelStatisticsRequest;
import io.longshore.protocol.grpc.proto.ModelStatisticsResponse;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.protocol.grpc.proto.RepositoryIndexRequest;
import io.longshore.protocol.grpc.proto.RepositoryIndexResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadRequest;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadRequest;
import io.longshore.protocol.grpc.proto.RepositoryModelUnloadResponse;
import io.longshore.protocol.grpc.proto.ServerMetadataRequest;
import io.longshore.protocol.grpc.proto.ServerMetadataResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryRegisterRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryRegisterResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryStatusRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryStatusResponse;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryUnregisterRequest;
import io.longshore.protocol.grpc.proto.SystemSharedMemoryUnregisterResponse;
import io.longshore.system.WireRefusal.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** V2 over gRPC, with tensors as raw or typed contents, call by call or in streams. */
final class GrpcWire implements Wire {
    /** How inference is asked for. */
    enum Form {
        RAW,
        TYPED,
        STREAM
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().alwaysPrintFieldsWithNoPresence();
    private static final MethodDescriptor<ModelInferRequest, ModelInferResponse> INFER =
            method("ModelInfer", ModelInferRequest.getDefaultInstance(), ModelInferResponse.getDefaultInstance());
    private static final MethodDescriptor<ModelInferRequest, ModelStreamInferResponse> STREAM = method(
                    "ModelStreamInfer",
                    ModelInferRequest.getDefaultInstance(),
                    ModelStreamInferResponse.getDefaultInstance())
            .toBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .build();

    private final ManagedChannel channel;
    private final Form form;

    GrpcWire(LongshoreServer server, Form form) {
        this.form = form;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
            String name, Q request, A answer) {
        return MethodDescriptor.<Q, A>newBuilder(ProtoUtils.marshaller(request), ProtoUtils.marshaller(answer))
                .setType(MethodType.UNARY)
                .setFullMethodName("inference.GRPCInferenceService/" + name)
                .build();
    }

    @Override
    public WireAnswer infer(WireCall call) {
        ModelInferRequest request = request(call);
        return answer(form == Form.STREAM ? stream(request) : call(INFER, request));
    }

    private ModelInferRequest request(WireCall call) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder()
                .setModelName(call.model())
                .setModelVersion(call.version())
                .setId(call.id());
        for (WireTensor input : call.inputs()) {
            InferInputTensor.Builder tensor = request.addInputsBuilder()
                    .setName(input.name())
                    .setDatatype(input.datatype())
                    .addAllShape(input.shape());
            if (form == Form.TYPED) {
                TypedValues.fill(tensor.getContentsBuilder(), input);
            } else {
                request.addRawInputContents(ByteString.copyFrom(input.data()));
            }
        }
        call.parameters().forEach((name, value) -> request.putParameters(name, parameter(value)));
        call.outputs()
                .forEach(name -> request.addOutputs(
                        InferRequestedOutputTensor.newBuilder().setName(name)));
        return request.build();
    }

    private static InferParameter parameter(Object value) {
        InferParameter.Builder parameter = InferParameter.newBuilder();
        if (value instanceof Long number) {
            parameter.setInt64Param(number);
        } else if (value instanceof Boolean flag) {
            parameter.setBoolParam(flag);
        } else {
            parameter.setStringParam(value.toString());
        }
        return parameter.build();
    }

    private ModelInferResponse stream(ModelInferRequest request) {
        CompletableFuture<ModelStreamInferResponse> first = new CompletableFuture<>();
        StreamObserver<ModelInferRequest> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(STREAM, CallOptions.DEFAULT), new First(first));
        requests.onNext(request);
        requests.onCompleted();
        ModelStreamInferResponse response = first.join();
        if (!response.getErrorMessage().isEmpty()) {
            // A stream says what is wrong, and not with which code.
            throw new WireRefusal(null, response.getErrorMessage());
        }
        return response.getInferResponse();
    }

    private record First(CompletableFuture<ModelStreamInferResponse> first)
            implements StreamObserver<ModelStreamInferResponse> {
        @Override
        public void onNext(ModelStreamInferResponse response) {
            first.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            first.completeExceptionally(new AssertionError("the stream ended without a response"));
        }
    }

    private static WireAnswer answer(ModelInferResponse response) {
        List<WireTensor> outputs = new ArrayList<>();
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            byte[] data = response.getRawOutputContents(i).toByteArray();
            outputs.add(new WireTensor(output.getName(), output.getDatatype(), output.getShapeList(), data));
        }
        return new WireAnswer(response.getModelName(), response.getModelVersion(), response.getId(), outputs);
    }

    @Override
    public boolean isReady(String model) {
        return call(
                        "ModelReady",
                        ModelReadyRequest.newBuilder().setName(model).build(),
                        ModelReadyResponse.getDefaultInstance())
                .getReady();
    }

    @Override
    public JsonNode serverMetadata() {
        return json(call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance()));
    }

    @Override
    public JsonNode metadata(String model) {
        return json(call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName(model).build(),
                ModelMetadataResponse.getDefaultInstance()));
    }

    @Override
    public JsonNode config(String model) {
        return json(call(
                        "ModelConfig",
                        ModelConfigRequest.newBuilder().setName(model).build(),
                        ModelConfigResponse.getDefaultInstance()))
                .get("config");
    }

    @Override
    public JsonNode statistics(String model) {
        return json(call(
                        "ModelStatistics",
                        ModelStatisticsRequest.newBuilder().setName(model).build(),
                        ModelStatisticsResponse.getDefaultInstance()))
                .get("model_stats");
    }

    @Override
    public JsonNode index() {
        return json(call(
                        "RepositoryIndex",
                        RepositoryIndexRequest.getDefaultInstance(),
                        RepositoryIndexResponse.getDefaultInstance()))
                .get("models");
    }

    @Override
    public void load(String model) {
        call(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder().setModelName(model).build(),
                RepositoryModelLoadResponse.getDefaultInstance());
    }

    @Override
    public void load(String model, String config) {
        call(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder()
                        .setModelName(model)
                        .putParameters(
                                "config",
                                ModelRepositoryParameter.newBuilder()
                                        .setStringParam(config)
                                        .build())
                        .build(),
                RepositoryModelLoadResponse.getDefaultInstance());
    }

    @Override
    public void unload(String model) {
        call(
                "RepositoryModelUnload",
                RepositoryModelUnloadRequest.newBuilder().setModelName(model).build(),
                RepositoryModelUnloadResponse.getDefaultInstance());
    }

    @Override
    public void registerRegion(String region, String key, long byteSize) {
        call(
                "SystemSharedMemoryRegister",
                SystemSharedMemoryRegisterRequest.newBuilder()
                        .setName(region)
                        .setKey(key)
                        .setByteSize(byteSize)
                        .build(),
                SystemSharedMemoryRegisterResponse.getDefaultInstance());
    }

    @Override
    public void unregisterRegion(String region) {
        call(
                "SystemSharedMemoryUnregister",
                SystemSharedMemoryUnregisterRequest.newBuilder().setName(region).build(),
                SystemSharedMemoryUnregisterResponse.getDefaultInstance());
    }

    @Override
    public Set<String> regions() {
        return new TreeSet<>(call(
                        "SystemSharedMemoryStatus",
                        SystemSharedMemoryStatusRequest.getDefaultInstance(),
                        SystemSharedMemoryStatusResponse.getDefaultInstance())
                .getRegionsMap()
                .keySet());
    }

    @SuppressWarnings("unchecked") // A message's default is of its own type.
    private <Q extends Message, A extends Message> A call(String name, Q request, A answer) {
        return call(method(name, (Q) request.getDefaultInstanceForType(), answer), request);
    }

    private <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
        try {
            return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
        } catch (StatusRuntimeException e) {
            throw new WireRefusal(kind(e), String.valueOf(e.getStatus().getDescription()));
        }
    }

    private static Kind kind(StatusRuntimeException failure) {
        return switch (failure.getStatus().getCode()) {
            case INVALID_ARGUMENT, ALREADY_EXISTS -> Kind.INVALID;
            case NOT_FOUND -> Kind.NOT_FOUND;
            case INTERNAL -> Kind.INTERNAL;
            case UNIMPLEMENTED -> Kind.UNSUPPORTED;
            case UNAVAILABLE, DEADLINE_EXCEEDED -> Kind.UNAVAILABLE;
            default -> throw new AssertionError("unexpected status", failure);
        };
    }

    private static JsonNode json(Message message) {
        try {
            return JSON.readTree(PRINTER.print(message));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean carriesHalfFloats() {
        return form != Form.TYPED;
    }

    @Override
    public boolean carriesAnyBytes() {
        return true;
    }

    @Override
    public void end() {
        channel.shutdownNow();
    }

    @Override
    public String toString() {
        return "gRPC " + form;
    }
}
