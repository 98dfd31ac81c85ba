package io.longshore.web.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.longshore.inference.InferenceService;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.WireSettings;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.region.PosixObjects;
import io.longshore.region.RegionRegistry;
import io.longshore.spi.DeviceHandles;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;

/** The endpoint on a free port of the loopback address, and a client of it. */
final class GrpcWire implements AutoCloseable {
    static final MethodDescriptor<ModelInferRequest, ModelInferResponse> INFER =
            method("ModelInfer", ModelInferRequest.getDefaultInstance(), ModelInferResponse.getDefaultInstance());

    private static final SharedMemory NO_SHARED_MEMORY =
            new RegionRegistry(false, PosixObjects.ofMachine(), DeviceHandles.NONE);

    final GrpcServer server;
    final ManagedChannel channel;

    GrpcWire(InferenceService service, ServerStatus status, MemoryAllocator memory) throws IOException {
        this(service, status, new RecordingControl(), NO_SHARED_MEMORY, memory);
    }

    GrpcWire(InferenceService service, ServerStatus status, ModelControl control, MemoryAllocator memory)
            throws IOException {
        this(service, status, control, NO_SHARED_MEMORY, memory);
    }

    GrpcWire(
            InferenceService service,
            ServerStatus status,
            ModelControl control,
            SharedMemory shared,
            MemoryAllocator memory)
            throws IOException {
        WireSettings settings = new WireSettings(
                "desk", "1.2.3", 1 << 20, grpc(0), new WireSettings.HeaderPatterns("", "^(x-|priority)"));
        server = GrpcServer.start(
                settings.grpc(),
                GrpcEndpoint.services(
                        new Descriptions(status, settings),
                        new RepositoryCalls(control),
                        new SharedMemoryCalls(shared),
                        InferParts.of(service, status, memory, shared, settings),
                        status),
                Executors.defaultThreadFactory());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    static WireSettings.Grpc grpc(int port) {
        return new WireSettings.Grpc(true, "127.0.0.1", port, Duration.ofSeconds(10));
    }

    static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(String name, Q request, A answer) {
        return MethodDescriptor.<Q, A>newBuilder(ProtoUtils.marshaller(request), ProtoUtils.marshaller(answer))
                .setType(MethodType.UNARY)
                .setFullMethodName("inference.GRPCInferenceService/" + name)
                .build();
    }

    /** A request with one INT8 input. */
    static ModelInferRequest request(int bytes) {
        return ModelInferRequest.newBuilder()
                .setModelName("m")
                .setId("7")
                .addInputs(InferInputTensor.newBuilder()
                        .setName("IN")
                        .setDatatype("INT8")
                        .addShape(bytes))
                .addRawInputContents(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }

    ModelInferResponse infer(ModelInferRequest request) {
        return call(INFER, request);
    }

    /** Ends the client and then the server. */
    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
    }
}
