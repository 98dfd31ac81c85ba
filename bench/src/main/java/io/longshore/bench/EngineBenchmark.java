package io.longshore.bench;

import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Ticker;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the engine itself costs a request: a model that does nothing, called on the caller's thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EngineBenchmark {
    private final MemoryPool pool = MemoryPool.direct(1 << 26);
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final InferenceEngine engine;

    /** Makes an engine over a repository of one model. */
    public EngineBenchmark() {
        try {
            Path model = Files.createTempDirectory("bench").resolve("noop");
            Files.createDirectories(model.resolve("1"));
            engine = new InferenceEngine(
                    EngineOptions.DEFAULT,
                    List.of(new NoOpBackend()),
                    new FolderRepository(List.of(model.getParent()), "", ""),
                    folder -> ModelConfig.builder(folder.name()).backend(NoOpBackend.NAME),
                    pool,
                    new EngineThreads(executor, executor, (action, nanos) -> () -> {}, Ticker.SYSTEM));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads the model. */
    @Setup
    public void load() {
        engine.start().toCompletableFuture().join();
    }

    /** Ends the engine. */
    @TearDown
    public void close() {
        engine.close();
        executor.shutdown();
    }

    /** One request with one tensor of 64 bytes that comes back as it is. */
    @Benchmark
    public long infer() {
        Tensor input = Tensors.ofInts(pool, NoOpBackend.INPUT, Shape.of(16), new int[16]);
        InferenceRequest request = InferenceRequest.of(ModelSelector.latest("noop"), List.of(input));
        InferenceResponse response =
                engine.inferOnce(request).toCompletableFuture().join();
        long size = response.outputs().get(0).byteSize();
        response.release();
        return size;
    }
}
