package io.longshore.bench;

import io.longshore.backend.onnxruntime.OnnxRuntimeBackend;
import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.EncodedResponse;
import io.longshore.protocol.rest.InferRequestDecoder;
import io.longshore.protocol.rest.InferResponseEncoder;
import io.longshore.protocol.rest.OutputFormat;
import io.longshore.repository.FolderRepository;
import io.longshore.tensor.MemoryPool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request to {@code simple} costs apart from HTTP: JSON to tensors, the engine, the real runtime, tensors to JSON, on
 * one thread. Needs the demo's models in {@code demo/target/models}, or where the system property {@code longshore.models}
 * says.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RequestPathBenchmark {
    private static final ModelSelector MODEL = ModelSelector.latest("simple");

    private final MemoryPool pool = MemoryPool.direct(1 << 26);
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final InferRequestDecoder decoder = new InferRequestDecoder(CodecLimits.DEFAULT, pool, Ticker.SYSTEM);
    private final InferResponseEncoder encoder = new InferResponseEncoder();
    private final byte[] json = request().getBytes(StandardCharsets.UTF_8);
    private final InferenceEngine engine = new InferenceEngine(
            EngineOptions.DEFAULT,
            List.of(new OnnxRuntimeBackend()),
            new FolderRepository(
                    List.of(Path.of(System.getProperty("longshore.models", "demo/target/models"), "simple")), "", ""),
            folder -> ModelConfig.builder(folder.name()).maxBatchSize(8),
            pool,
            new EngineThreads(executor, executor, (action, nanos) -> () -> {}, Ticker.SYSTEM));

    private static String request() {
        String data = IntStream.range(0, 16).mapToObj(String::valueOf).collect(Collectors.joining(","));
        String input = "{\"name\":\"INPUT%d\",\"shape\":[1,16],\"datatype\":\"INT32\",\"data\":[" + data + "]}";
        return "{\"inputs\":[" + input.formatted(0) + "," + input.formatted(1) + "]}";
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

    /** All of it. */
    @Benchmark
    public long wholeRequest() {
        Answer answer = new Answer();
        engine.infer(decode(), answer);
        return answer.encoded(encoder);
    }

    /** JSON to tensors. */
    @Benchmark
    public long decodeOnly() {
        InferenceRequest request = decode();
        long size = request.inputs().size();
        request.release();
        return size;
    }

    private InferenceRequest decode() {
        return decoder.decodeJson(MODEL, json, 0, json.length).request();
    }

    /** Waits for the one answer: it comes on the calling thread, except while a first slow run makes the model look slow. */
    private static final class Answer implements ResponseSink {
        private final CompletableFuture<InferenceResponse> response = new CompletableFuture<>();

        @Override
        public void onResponse(InferenceResponse next, boolean isFinal) {
            response.complete(next);
        }

        @Override
        public void onError(InferenceException failure) {
            response.completeExceptionally(failure);
        }

        long encoded(InferResponseEncoder encoder) {
            try (EncodedResponse encoded = encoder.encode(response.join(), OutputFormat.JSON)) {
                return encoded.jsonLength().orElse(0);
            }
        }
    }
}
