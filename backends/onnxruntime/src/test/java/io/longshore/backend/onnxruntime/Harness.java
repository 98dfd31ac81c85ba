package io.longshore.backend.onnxruntime;

import io.longshore.inference.Parameters;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.onnx.OnnxGraph;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendRun;
import io.longshore.spi.FakeContext;
import io.longshore.spi.ModelFiles;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One model, completed and loaded, with one instance and memory that is counted. */
final class Harness implements AutoCloseable {
    /** Bytes that outputs may have at once. */
    static final long BUDGET = 1L << 28;

    /** Where inputs live. */
    final CountingAllocator inputs = new CountingAllocator();

    /** Where outputs live. */
    final BudgetedAllocator outputs = new BudgetedAllocator(new CountingAllocator(), BUDGET);

    private final BackendRun run;

    private Harness(ModelConfig.Builder partial, ModelFiles files, Map<String, String> settings) throws Exception {
        OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
        BackendContext context = context(settings, outputs);
        backend.complete(partial, files, context);
        run = BackendRun.load(backend, partial.build(), files, 1, context);
    }

    /** A model whose configuration comes from its file alone. */
    static Harness of(OnnxGraph graph, Path folder) throws Exception {
        return of(graph, folder, builder -> builder);
    }

    /** A model with a partial configuration. */
    static Harness of(OnnxGraph graph, Path folder, UnaryOperator<ModelConfig.Builder> partial) throws Exception {
        return new Harness(partial.apply(ModelConfig.builder("m")), write(graph, folder), Map.of());
    }

    /** A model on a server with settings for this backend. */
    static Harness of(OnnxGraph graph, Path folder, Map<String, String> settings) throws Exception {
        return new Harness(ModelConfig.builder("m"), write(graph, folder), settings);
    }

    /** The model's file in a folder without versions. */
    static ModelFiles write(OnnxGraph graph, Path folder) throws IOException {
        graph.write(folder.resolve("model.onnx"));
        return new ModelFiles(folder, folder);
    }

    /** The context that the engine would lend; there are no other models. */
    static BackendContext context(Map<String, String> settings, MemoryAllocator allocator) {
        return new BackendContext(settings, allocator, Runnable::run, (request, sink) -> {
            throw new UnsupportedOperationException("no other models");
        });
    }

    ModelConfig config() {
        return run.config();
    }

    /** Runs one request that wants every output. */
    RecordingItem run(Tensor... tensors) {
        return run(config().outputs().stream().map(ModelOutput::name).toList(), tensors);
    }

    /** Runs one request. */
    RecordingItem run(List<String> wanted, Tensor... tensors) {
        RecordingItem item = new RecordingItem(List.of(tensors), wanted, FakeContext.alone(inputs), Parameters.NONE);
        run.execute(item);
        return item;
    }

    /** Runs one request that is answered with one output. */
    Tensor output(Tensor... tensors) {
        return run(tensors).answer().get(0);
    }

    @Override
    public void close() {
        run.close();
    }
}
