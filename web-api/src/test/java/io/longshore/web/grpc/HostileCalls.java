package io.longshore.web.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.engine.RecordedTraces;
import io.longshore.engine.TraceRegistry;
import io.longshore.inference.AccessRules;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.ManualDelayer;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.WireSettings;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.protocol.grpc.proto.ModelStreamInferResponse;
import io.longshore.protocol.grpc.proto.RepositoryModelLoadResponse;
import io.longshore.region.PosixObjects;
import io.longshore.region.RegionRegistry;
import io.longshore.repository.FakeRepository;
import io.longshore.repository.ModelFolder;
import io.longshore.spi.DeviceHandles;
import io.longshore.spi.FakeBackend;
import io.longshore.spi.FakeBehaviour;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The service over an engine with small models that echo, called without a transport with messages of any bytes. Whatever
 * they are, a call ends with a status that blames nobody but its client, its responses are messages, and no memory and no
 * upload stays behind. The models: {@code m} of FP32, {@code text} of batched BYTES, and {@code many}, which is decoupled.
 */
final class HostileCalls {
    /** Small on purpose, so that the way out of a full budget is searched too. */
    private static final int MEMORY = 1 << 16;

    private static final FakeTicker TICKER = new FakeTicker();
    private static final List<Status.Code> BLAMES_SERVER =
            List.of(Status.Code.INTERNAL, Status.Code.UNKNOWN, Status.Code.DATA_LOSS);

    private static final Map<String, Parser<?>> ANSWERS = Map.of(
            "ModelInfer", ModelInferResponse.parser(),
            "ModelStreamInfer", ModelStreamInferResponse.parser(),
            "RepositoryModelLoad", RepositoryModelLoadResponse.parser());

    private final BudgetedAllocator memory = new BudgetedAllocator(MemoryAllocator.HEAP, MEMORY);
    private final CountingControl control = new CountingControl();
    private final RecordedTraces recorded = new RecordedTraces();
    private final TraceRegistry traces = recorded.registry(RecordedTraces.EVERY);
    private final ServerServiceDefinition service;

    HostileCalls() {
        InferenceEngine engine = engine();
        engine.start();
        WireSettings settings = new WireSettings(
                "fuzzed",
                "1",
                MEMORY,
                AccessRules.NONE,
                new WireSettings.Grpc(true, "", 0, Duration.ZERO, GrpcTransport.DEFAULT, AccessRules.NONE),
                new WireSettings.HeaderPatterns("", ""));
        SharedMemory shared = new RegionRegistry(false, PosixObjects.ofMachine(), DeviceHandles.NONE);
        service = V2Service.of(
                new Descriptions(engine, settings),
                new StatisticsMessages(engine),
                new RepositoryCalls(control),
                new SharedMemoryCalls(shared),
                new TraceCalls(traces),
                new LogSettingsCalls(new RecordingLog()),
                InferParts.of(engine, engine, memory, shared, settings).traced(traces));
    }

    private InferenceEngine engine() {
        FakeBackend backend = new FakeBackend().behave("many", FakeBehaviour.decoupled(2));
        return new InferenceEngine(
                EngineOptions.DEFAULT,
                List.of(backend),
                new FakeRepository().put("m", "text", "many"),
                HostileCalls::config,
                memory,
                new EngineThreads(Runnable::run, Runnable::run, new ManualDelayer(TICKER), TICKER));
    }

    private static ModelConfig.Builder config(ModelFolder folder) throws InvalidModelConfigException {
        ModelConfig.Builder config =
                ModelConfig.builder(folder.name()).decoupled(folder.name().equals("many"));
        return folder.name().equals("text")
                ? config.maxBatchSize(4)
                        .inputs(List.of(ModelInput.of("INPUT0", DataType.BYTES, -1L)))
                        .outputs(List.of(ModelOutput.of("OUTPUT0", DataType.BYTES, -1L)))
                : config;
    }

    /**
     * Makes one call.
     *
     * @param ready whether the transport has room from the start; else only when all messages have come
     * @param cancels whether the client goes away in the place of waiting
     */
    void check(String method, List<byte[]> messages, Metadata headers, boolean ready, boolean cancels) {
        ServerMethodDefinition<?, ?> definition =
                service.getMethod(MethodDescriptor.generateFullMethodName(V2Service.DESCRIPTION.getFullName(), method));
        Parser<?> answers = ANSWERS.get(method);
        if (definition == null || answers == null) {
            throw new IllegalArgumentException(method);
        }
        Status status = call(definition, answers, messages, headers, ready, cancels);
        if (!cancels && (status == null || BLAMES_SERVER.contains(status.getCode()))) {
            throw new AssertionError("the call ended with " + status);
        }
        if (memory.inUse() != 0 || control.open() != 0) {
            throw new AssertionError(
                    memory.inUse() + " bytes, " + control.open() + " uploads were not released after " + status);
        }
        if (recorded.unfinished(traces) != 0) {
            throw new AssertionError("a trace is not complete after " + status);
        }
        recorded.forget();
    }

    private static <Q, A> @Nullable Status call(
            ServerMethodDefinition<Q, A> method,
            Parser<?> answers,
            List<byte[]> messages,
            Metadata headers,
            boolean ready,
            boolean cancels) {
        FakeCall<Q, A> call = new FakeCall<>(method.getMethodDescriptor(), answers, ready);
        ServerCall.Listener<Q> listener = method.getServerCallHandler().startCall(call, headers);
        for (byte[] message : messages) {
            try (InputStream stream = new TransportStream(message)) {
                listener.onMessage(method.getMethodDescriptor().parseRequest(stream));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (cancels) {
            call.cancelled = true;
            listener.onCancel();
            return call.status;
        }
        listener.onHalfClose();
        call.ready = true;
        listener.onReady();
        listener.onComplete();
        return call.status;
    }

    /** The transport's side of a call. */
    private static final class FakeCall<Q, A> extends ServerCall<Q, A> {
        private final MethodDescriptor<Q, A> method;
        private final Parser<?> answers;
        private boolean ready;
        private boolean cancelled;
        private @Nullable Status status;

        FakeCall(MethodDescriptor<Q, A> method, Parser<?> answers, boolean ready) {
            this.method = method;
            this.answers = answers;
            this.ready = ready;
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(A message) {
            try (InputStream bytes = method.streamResponse(message)) {
                answers.parseFrom(bytes.readAllBytes());
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError("a response is no message", e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close(Status end, Metadata trailers) {
            if (status != null) {
                throw new AssertionError("closed twice, with " + status + " and " + end);
            }
            status = end;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public MethodDescriptor<Q, A> getMethodDescriptor() {
            return method;
        }
    }
}
