package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.CallerThread;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ManualDelayer;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.protocol.grpc.proto.ModelInferRequest;
import io.longshore.protocol.grpc.proto.ModelInferRequest.InferInputTensor;
import io.longshore.protocol.grpc.proto.ModelInferResponse;
import io.longshore.repository.FakeRepository;
import io.longshore.spi.FakeBackend;
import io.longshore.spi.FakeBehaviour;
import io.longshore.tensor.MemoryAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What runs on the event loops, and what keeps off them. */
class LoopThreadTest {
    /** How a request came to the engine. */
    private record Seen(boolean onLoop, CallerThread caller) {}

    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

    private InferenceCall echo(InferenceRequest request, ResponseSink sink) {
        seen.add(new Seen(LoopThread.isCurrent(), request.options().caller()));
        sink.onResponse(
                new InferenceResponse(
                        request.id(), new ModelId("m", 1), List.copyOf(request.inputs()), Parameters.NONE),
                true);
        return () -> {};
    }

    private Seen infer(CallOptions options, ModelInferRequest request) throws IOException, InterruptedException {
        try (GrpcWire wire = new GrpcWire(this::echo, new FewModels(), MemoryAllocator.HEAP)) {
            ModelInferResponse response = ClientCalls.blockingUnaryCall(wire.channel, GrpcWire.INFER, options, request);
            assertThat(response.getRawOutputContents(0)).isEqualTo(request.getRawInputContents(0));
        }
        return seen.take();
    }

    @Test
    void smallRequest_comesOnTheLoopThatReadIt() throws IOException, InterruptedException {
        assertThat(infer(CallOptions.DEFAULT, GrpcWire.request(1_000))).isEqualTo(new Seen(true, CallerThread.BRIEFLY));
    }

    @Test
    void largeRequest_comesOnAThreadOfItsOwn() throws IOException, InterruptedException {
        assertThat(infer(CallOptions.DEFAULT, GrpcWire.request(InboundMemory.UNCOUNTED_BYTES + 1)))
                .isEqualTo(new Seen(false, CallerThread.FREELY));
    }

    @Test
    void compressedRequest_isDecompressedOnAThreadOfItsOwn() throws IOException, InterruptedException {
        assertThat(infer(CallOptions.DEFAULT.withCompression("gzip"), GrpcWire.request(100_000)))
                .isEqualTo(new Seen(false, CallerThread.FREELY));
    }

    @Test
    void modelThatTurnsSlow_stallsNobody() throws IOException, InterruptedException, ExecutionException {
        try (TurningModel model = new TurningModel();
                GrpcWire wire = new GrpcWire(model.engine, new FewModels(), MemoryAllocator.HEAP)) {
            model.isWarm(wire);
            List<ManagedChannel> others = new ArrayList<>();
            // As many connections as it takes for each loop to have some.
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors() + 2; i++) {
                others.add(wire.connect());
            }
            model.turnsSlow(wire);

            Future<ModelInferResponse> stuck = ClientCalls.futureUnaryCall(
                    wire.channel.newCall(GrpcWire.INFER, CallOptions.DEFAULT), request("turning"));
            model.isStuck.await();
            for (ManagedChannel other : others) {
                ClientCalls.blockingUnaryCall(other, GrpcWire.INFER, CallOptions.DEFAULT, request("steady"));
                other.shutdownNow();
            }
            assertThat(wire.infer(request("steady")).getModelName())
                    .as("on the same connection")
                    .isEqualTo("steady");
            assertThat(stuck).isNotDone();
            model.released.countDown();
            assertThat(stuck.get().getModelName()).isEqualTo("turning");
        }
    }

    private static ModelInferRequest request(String model) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(InferInputTensor.newBuilder()
                        .setName("INPUT0")
                        .setDatatype("FP32")
                        .addShape(1))
                .addRawInputContents(ByteString.copyFrom(new byte[4]))
                .build();
    }

    /** A model that is brief until it takes the time after which a model counts as slow, and then for ever; and one beside it. */
    private static final class TurningModel implements AutoCloseable {
        private static final int RUNS_UNTIL_KNOWN = 1_000;

        final CountDownLatch isStuck = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);
        final InferenceEngine engine;
        private final FakeTicker ticker = new FakeTicker();
        private final ManualDelayer delayer = new ManualDelayer(ticker);
        private final ExecutorService threads = Executors.newFixedThreadPool(4);
        private final AtomicInteger onLoops = new AtomicInteger();
        private volatile FakeBehaviour behaviour = item -> {
            onLoops.addAndGet(LoopThread.isCurrent() ? 1 : 0);
            FakeBehaviour.echo().execute(item);
        };

        TurningModel() {
            engine = new InferenceEngine(
                    EngineOptions.DEFAULT,
                    List.of(new FakeBackend().behave("turning", item -> behaviour.execute(item))),
                    new FakeRepository().put("turning", "steady"),
                    folder -> ModelConfig.builder(folder.name()),
                    MemoryAllocator.HEAP,
                    new EngineThreads(threads, threads, delayer, ticker));
            engine.start().toCompletableFuture().join();
        }

        void isWarm(GrpcWire wire) {
            for (int i = 0; i < RUNS_UNTIL_KNOWN; i++) {
                wire.infer(request("turning"));
            }
            assertThat(onLoops).as("runs on loops").hasPositiveValue();
        }

        /** The one run that tells. */
        void turnsSlow(GrpcWire wire) {
            behaviour = item -> {
                ticker.advance(Duration.ofMillis(10));
                FakeBehaviour.echo().execute(item);
            };
            wire.infer(request("turning"));
            behaviour = item -> {
                isStuck.countDown();
                awaitRelease();
                FakeBehaviour.echo().execute(item);
            };
        }

        private void awaitRelease() {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            released.countDown();
            engine.close();
            threads.shutdown();
            delayer.close();
        }
    }
}
