package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.Parameters;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendRun;
import io.longshore.spi.FakeContext;
import io.longshore.spi.ModelFiles;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.TensorSpec;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances over lambdas: a model called {@code sample} that turns {@code IN} into FP32 {@code OUT} [1]. Every test ends with
 * all memory given back and all threads idle.
 */
abstract class UserCodeFixture {
    @TempDir
    Path folder;

    final CountingAllocator allocator = new CountingAllocator();
    final ExecutorService threads = BackendRun.threads();
    private final List<RecordingItem> items = new ArrayList<>();
    private LoadedCode code;

    @BeforeEach
    void load() throws BackendException {
        Map<String, String> parameters = Map.of("class", ContractModels.Gather.class.getName());
        code = LoadedCode.load("sample", parameters, Optional.empty(), new ModelFiles(folder, folder));
    }

    @AfterEach
    void everythingIsGivenBack() throws InterruptedException {
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        code.close();
        assertThat(items).allSatisfy(item -> assertThat(item.callsAfterEnd()).isZero());
        items.forEach(RecordingItem::release);
        assertThat(allocator.live()).as("memory not given back").isZero();
    }

    JavaBackendInstance instance(JavaModel model) {
        return instance(runtime(threads, true), model, false);
    }

    JavaBackendInstance instance(ModelRuntime runtime, ModelCode model, boolean shared) {
        return new JavaBackendInstance(runtime, model, shared, () -> {});
    }

    ModelRuntime runtime(Executor runner, boolean isBlocking) {
        TensorSpec output = new TensorSpec("OUT", DataType.FP32, List.of(1L));
        return new ModelRuntime("sample", Map.of("OUT", output), code, runner, isBlocking);
    }

    RecordingItem item(float value) {
        return item(tensor("IN", value));
    }

    RecordingItem item(Tensor input) {
        return item(input, FakeContext.alone(allocator));
    }

    RecordingItem item(Tensor input, FakeContext context) {
        RecordingItem item = new RecordingItem(List.of(input), List.of("OUT"), context, Parameters.NONE);
        items.add(item);
        return item;
    }

    /** Starts the items as one execution. */
    static void start(JavaBackendInstance instance, RecordingItem... all) {
        List<RecordingItem> execution = List.of(all);
        instance.execute(() -> execution);
    }

    /** Runs one item to its end. */
    static RecordingItem execute(JavaBackendInstance instance, RecordingItem item) {
        start(instance, item);
        return item.awaitEnd();
    }

    Tensor tensor(String name, float... values) {
        return Tensors.ofFloats(allocator, name, Shape.of(values.length), values);
    }

    CompletionStage<Outputs> answer(float value) {
        return CompletableFuture.completedFuture(Outputs.of(tensor("OUT", value)));
    }
}
