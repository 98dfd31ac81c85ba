package io.longshore.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longshore.inference.Parameters;
import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.onnx.OnnxModels;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.spi.BackendRun;
import io.longshore.spi.FakeContext;
import io.longshore.spi.ModelFiles;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxMemoryTest {
    private static final long MIB = 1 << 20;
    private static final long WEIGHTS = 20 * MIB;

    @TempDir
    private Path folder;

    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
    private final CountingAllocator allocator = new CountingAllocator();
    private final BackendContext context = Harness.context(Map.of(), allocator);

    @BeforeEach
    void needsLinux() {
        assumeTrue(ResidentMemory.isKnown(), "resident memory is read from /proc");
    }

    @Test
    void unload_25Times_givesTheWeightsBack() throws Exception {
        ModelFiles files = Harness.write(OnnxModels.weights(WEIGHTS), folder);
        List<Long> resident = new ArrayList<>();
        for (int round = 0; round < 25; round++) {
            try (BackendRun run = BackendRun.load(backend, files, 1, context)) {
                runOnce(run.instances().get(0));
            }
            resident.add(ResidentMemory.bytes());
        }

        // Single rounds differ by some copies of the weights either way, by what the collector and the allocator have
        // given
        // back when they are looked at. A leak of one copy a round adds eleven between these.
        long early = Collections.max(resident.subList(0, 5));
        long late = Collections.min(resident.subList(15, 25));
        assertThat(late - early)
                .as("growth from the highest of the first rounds to the lowest of the last, of %s", resident)
                .isLessThan(WEIGHTS);
        assertThat(allocator.live()).isZero();
    }

    @Test
    void newInstance_fourTimes_costsOneCopyOfTheWeights() throws Exception {
        ModelFiles files = Harness.write(OnnxModels.weights(5 * WEIGHTS), folder);
        ModelConfig config = BackendRun.complete(backend, files, context);
        try (BackendModel model = backend.load(config, files, Device.CPU, 4, context)) {
            BackendInstance first = model.newInstance();
            runOnce(first);
            long withOne = ResidentMemory.bytes();
            List<BackendInstance> others = List.of(model.newInstance(), model.newInstance(), model.newInstance());
            others.forEach(this::runOnce);

            assertThat(ResidentMemory.bytes() - withOne)
                    .as("what three more instances cost")
                    .isLessThan(WEIGHTS);
            others.forEach(BackendInstance::close);
            first.close();
        }
    }

    private void runOnce(BackendInstance instance) {
        RecordingItem item = new RecordingItem(
                List.of(Tensors.ofFloats(allocator, "INPUT0", Shape.of(1, 256), new float[256])),
                List.of("OUTPUT0"),
                FakeContext.alone(allocator),
                Parameters.NONE);
        instance.execute(() -> List.of(item));
        assertThat(item.answer()).hasSize(1);
        item.release();
    }
}
