package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.longshore.engine.RecordedTraces;
import io.longshore.engine.TraceRegistry;
import io.longshore.inference.AccessRules;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.InferenceService;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ReadinessFeed;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.WireSettings;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.tls.TlsFileException;
import io.longshore.region.PosixObjects;
import io.longshore.region.RegionRegistry;
import io.longshore.spi.DeviceHandles;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/** The endpoint on a free port of the loopback address, and a client of it. */
final class GrpcWire implements AutoCloseable {
    static final MethodDescriptor<ModelInferRequest, ModelInferResponse> INFER =
            method("ModelInfer", ModelInferRequest.getDefaultInstance(), ModelInferResponse.getDefaultInstance());

    private static final SharedMemory NO_SHARED_MEMORY =
            new RegionRegistry(false, PosixObjects.ofMachine(), DeviceHandles.NONE);
    private static final long PLENTY = 1 << 30;

    final GrpcServer server;
    final RecordingLog log = new RecordingLog();
    /** Counts messages on their way in. */
    final BudgetedAllocator inbound;

    private final ServerHealth health;
    /** Each request is traced. */
    final RecordedTraces traces = new RecordedTraces();

    private final TraceRegistry registry = traces.registry(RecordedTraces.EVERY);

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
        this(service, status, control, shared, memory, GrpcTransport.DEFAULT, AccessRules.NONE, PLENTY);
    }

    GrpcWire(
            InferenceService service,
            ServerStatus status,
            ModelControl control,
            MemoryAllocator memory,
            GrpcTransport transport)
            throws IOException {
        this(service, status, control, NO_SHARED_MEMORY, memory, transport, AccessRules.NONE, PLENTY);
    }

    private GrpcWire(
            InferenceService service,
            ServerStatus status,
            ModelControl control,
            SharedMemory shared,
            MemoryAllocator memory,
            GrpcTransport transport,
            AccessRules access,
            long inboundLimit)
            throws IOException {
        inbound = new BudgetedAllocator(MemoryAllocator.HEAP, inboundLimit);
        WireSettings settings = new WireSettings(
                "desk",
                "1.2.3",
                1 << 20,
                AccessRules.NONE,
                grpc(0, transport),
                new WireSettings.HeaderPatterns("", "^(x-|priority)"));
        health = health(status);
        List<ServerServiceDefinition> services = GrpcEndpoint.services(
                new Descriptions(status, settings),
                new RepositoryCalls(control),
                new SharedMemoryCalls(shared),
                new TraceCalls(registry),
                new LogSettingsCalls(log),
                InferParts.of(service, status, memory, shared, settings)
                        .compressing(transport.compression())
                        .traced(registry),
                status,
                health);
        server = start(settings.grpc(), AccessInterceptor.guard(access, services), inbound);
        channel = connect();
    }

    /** Another client. */
    ManagedChannel connect() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    /** Ends the streams of those who watch health. */
    void stopWatching() {
        health.close();
    }

    /** An endpoint with restricted access whose engine answers nothing. */
    static GrpcWire guarded(ServerStatus status, AccessRules access) throws IOException {
        return new GrpcWire(
                (request, sink) -> () -> {},
                status,
                new RecordingControl(),
                NO_SHARED_MEMORY,
                MemoryAllocator.HEAP,
                GrpcTransport.DEFAULT,
                access,
                PLENTY);
    }

    /** An endpoint whose transport may hold so many bytes of messages on their way in, and its engine any number. */
    static GrpcWire bounded(InferenceService service, long inboundLimit) throws IOException {
        return new GrpcWire(
                service,
                new FewModels(),
                new RecordingControl(),
                NO_SHARED_MEMORY,
                MemoryAllocator.HEAP,
                GrpcTransport.DEFAULT,
                AccessRules.NONE,
                inboundLimit);
    }

    /** Health whose changes the status itself tells, where it can. */
    static ServerHealth health(ServerStatus status) {
        ReadinessFeed feed = status instanceof ReadinessFeed told ? told : listener -> () -> {};
        return new ServerHealth(status, feed, Executors.defaultThreadFactory());
    }

    private static GrpcServer start(
            WireSettings.Grpc settings, List<ServerServiceDefinition> services, MemoryBudget inbound)
            throws IOException {
        try {
            return GrpcServer.start(settings, services, inbound, Executors.defaultThreadFactory());
        } catch (TlsFileException e) {
            throw new IOException(e);
        }
    }

    static WireSettings.Grpc grpc(int port) {
        return grpc(port, GrpcTransport.DEFAULT);
    }

    private static WireSettings.Grpc grpc(int port, GrpcTransport transport) {
        return new WireSettings.Grpc(true, "127.0.0.1", port, Duration.ofSeconds(10), transport, AccessRules.NONE);
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

    /** Ends the client and then the server, after which no trace is under way. */
    @Override
    public void close() {
        channel.shutdownNow();
        health.close();
        server.close();
        assertThat(traces.unfinished(registry)).isZero();
    }
}
