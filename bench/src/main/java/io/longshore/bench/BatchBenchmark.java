package io.longshore.bench;

import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.CallerThread;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.Ticker;
import io.longshore.model.DynamicBatching;
import io.longshore.model.InstanceGroup;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.repository.FolderRepository;
import io.longshore.tensor.MemoryPool;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a request costs the engine while many wait: one thread keeps 64 requests in flight to a model that does nothing and has
 * one instance, which runs on another thread. Batched, each pays for the queue, for being assembled and for being taken apart.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchBenchmark {
    private static final int IN_FLIGHT = 64;

    /** Rows of a batch at most; 1 = each request runs by itself. */
    @Param({"1", "8", "32"})
    private int maxBatchSize;

    private final MemoryPool pool = MemoryPool.direct(1 << 26);
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private final ResponseSink sink = new Counting();
    private @Nullable InferenceEngine engine;

    /** Gives the place in flight back, however the request ended. */
    private final class Counting implements ResponseSink {
        @Override
        public void onResponse(InferenceResponse response, boolean isFinal) {
            response.release();
            places.release();
        }

        @Override
        public void onError(InferenceException failure) {
            throw new AssertionError("a request failed", failure);
        }
    }

    private InferenceEngine newEngine() {
        try {
            Path model = Files.createTempDirectory("bench").resolve("noop");
            Files.createDirectories(model.resolve("1"));
            return new InferenceEngine(
                    EngineOptions.DEFAULT,
                    List.of(new NoOpBackend()),
                    new FolderRepository(List.of(model.getParent()), "", ""),
                    folder -> config(folder.name()),
                    pool,
                    new EngineThreads(executor, executor, (action, nanos) -> () -> {}, Ticker.SYSTEM));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelConfig.Builder config(String name) {
        ModelConfig.Builder config = ModelConfig.builder(name)
                .backend(NoOpBackend.NAME)
                .maxBatchSize(maxBatchSize)
                .instanceGroups(List.of(new InstanceGroup(InstanceGroup.Kind.CPU, 1, List.of())));
        return maxBatchSize == 1 ? config : config.dynamicBatching(DynamicBatching.DEFAULT);
    }

    /** Loads the model. */
    @Setup
    public void load() {
        InferenceEngine fresh = newEngine();
        fresh.start().toCompletableFuture().join();
        engine = fresh;
    }

    private InferenceEngine engine() {
        return Objects.requireNonNull(engine);
    }

    /** Waits until nothing is in flight, so that iterations do not share requests. */
    @TearDown(Level.Iteration)
    public void settle() {
        places.acquireUninterruptibly(IN_FLIGHT);
        places.release(IN_FLIGHT);
    }

    /** Ends the engine. */
    @TearDown
    public void close() {
        engine().close();
        executor.shutdown();
    }

    /** One request with one tensor of 64 bytes that comes back as it is. */
    @Benchmark
    public void infer() {
        places.acquireUninterruptibly();
        Tensor input = Tensors.ofInts(pool, NoOpBackend.INPUT, Shape.of(1, 16), new int[16]);
        engine().infer(
                        new InferenceRequest(
                                "",
                                ModelSelector.latest("noop"),
                                List.of(input),
                                List.of(),
                                Parameters.NONE,
                                InferenceRequest.Options.DEFAULT.withCaller(CallerThread.NEVER)),
                        sink);
    }
}
