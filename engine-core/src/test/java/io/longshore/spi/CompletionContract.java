package io.longshore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the engine relies on before a model is loaded, whatever the framework.
 */
public abstract class CompletionContract extends BackendFixture {
    @Test
    void emptyConfig_isCompletedFromTheFiles() throws Exception {
        ModelConfig config = BackendRun.complete(backend(), gather(), context);

        boolean batched = config.isBatched();
        assertThat(config.inputs().stream().map(input -> input.requestSpec(batched)))
                .containsExactly(
                        new TensorSpec("INPUT0", DataType.FP32, List.of(-1L)),
                        new TensorSpec("INPUT1", DataType.INT64, List.of(-1L)));
        assertThat(config.outputs().stream().map(output -> output.responseSpec(batched)))
                .containsExactly(new TensorSpec("OUTPUT0", DataType.FP32, List.of(-1L)));
    }

    @Test
    void statedConfig_isNotChanged() throws Exception {
        ModelFiles files = sumAndDifference();
        ModelConfig all = BackendRun.complete(backend(), files, context);
        ModelConfig.Builder stated = ModelConfig.builder("model")
                .backend(backend().name())
                .maxBatchSize(0)
                .inputs(List.of(all.inputs().get(1), all.inputs().get(0)))
                .outputs(List.of(all.outputs().get(1)));

        backend().complete(stated, files, context);

        assertThat(stated.maxBatchSize()).hasValue(0);
        assertThat(stated.inputs())
                .containsExactly(all.inputs().get(1), all.inputs().get(0));
        assertThat(stated.outputs()).containsExactly(all.outputs().get(1));
    }

    @Test
    void statedTypeThatTheModelDoesNotHave_isRefusedByName() throws Exception {
        ModelFiles files = gather();
        ModelConfig right = BackendRun.complete(backend(), files, context);
        ModelConfig.Builder wrong = ModelConfig.builder("model")
                .backend(backend().name())
                .maxBatchSize(0)
                .inputs(List.of(
                        ModelInput.of("INPUT0", DataType.INT8, -1L),
                        right.inputs().get(1)))
                .outputs(right.outputs());

        assertThatThrownBy(() -> completeAndLoad(wrong, files))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll("INPUT0", "INT8", "FP32");
    }

    @Test
    void statedInputThatTheModelDoesNotHave_isRefusedByName() throws Exception {
        ModelFiles files = gather();
        ModelConfig right = BackendRun.complete(backend(), files, context);
        ModelConfig.Builder wrong = ModelConfig.builder("model")
                .backend(backend().name())
                .maxBatchSize(0)
                .inputs(List.of(right.inputs().get(0), ModelInput.of("OTHER", DataType.INT64, -1L)))
                .outputs(right.outputs());

        assertThatThrownBy(() -> completeAndLoad(wrong, files))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("OTHER");
    }

    @Test
    void folderWithoutModel_isRefusedByName() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("hollow/1"));
        ModelFiles files = new ModelFiles(folder.resolve("hollow"), empty);

        assertThatThrownBy(() -> BackendRun.complete(backend(), files, context))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("model");
    }

    @Test
    void figuresBeforeLoading_areUsable() throws Exception {
        ModelFiles files = gather();
        ModelConfig config = BackendRun.complete(backend(), files, context);

        assertThat(backend().defaultInstanceCount(config, Device.CPU)).isPositive();
        assertThat(backend().estimate(config, files, Device.CPU)).isNotNegative();
    }

    private void completeAndLoad(ModelConfig.Builder config, ModelFiles files) throws Exception {
        backend().complete(config, files, context);
        BackendRun.load(backend(), config.build(), files, 1, context).close();
    }
}
