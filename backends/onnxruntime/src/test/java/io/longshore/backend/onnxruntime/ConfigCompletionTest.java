package io.longshore.backend.onnxruntime;

import static io.longshore.onnx.Dim.dim;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.RaggedBatching;
import io.longshore.model.RaggedBatching.BatchInput;
import io.longshore.model.RaggedBatching.BatchOutput;
import io.longshore.model.RaggedBatching.Kind;
import io.longshore.onnx.ElementType;
import io.longshore.onnx.OnnxGraph;
import io.longshore.onnx.OnnxModels;
import io.longshore.onnx.OnnxNode;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCompletionTest {
    @TempDir
    private Path folder;

    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();

    @Test
    void complete_openFirstDims_batchesUpToFour() throws Exception {
        ModelConfig config = completed(OnnxModels.simple(), empty());

        assertThat(config.maxBatchSize()).isEqualTo(4);
        assertThat(config.inputs())
                .containsExactly(
                        ModelInput.of("INPUT0", DataType.INT32, 16L), ModelInput.of("INPUT1", DataType.INT32, 16L));
        assertThat(config.outputs())
                .containsExactly(
                        ModelOutput.of("OUTPUT0", DataType.INT32, 16L), ModelOutput.of("OUTPUT1", DataType.INT32, 16L));
    }

    @Test
    void complete_backendAlone_namesThePlatformToo() throws Exception {
        assertThat(completed(OnnxModels.simple(), empty().backend("onnxruntime"))
                        .platform())
                .isEqualTo("onnxruntime_onnx");
    }

    @Test
    void complete_unnamedFirstDims_batchesToo() throws Exception {
        assertThat(completed(OnnxModels.simpleUnnamedBatch(), empty()).maxBatchSize())
                .isEqualTo(4);
    }

    @Test
    void complete_defaultBatchSizeOfTheServer_isUsed() throws Exception {
        ModelConfig.Builder config = empty();
        backend.complete(config, files(OnnxModels.simple()), context(Map.of("default-max-batch-size", "32")));

        assertThat(config.maxBatchSize()).hasValue(32);
    }

    @Test
    void complete_fixedFirstDim_doesNotBatch() throws Exception {
        ModelConfig config = completed(OnnxModels.simpleFixedBatch(), empty());

        assertThat(config.maxBatchSize()).isZero();
        assertThat(config.inputs().get(0).dims()).containsExactly(8L, 16L);
    }

    @Test
    void complete_statedBatchSizeForFixedFirstDim_isRefused() {
        assertThatThrownBy(() -> completed(OnnxModels.simpleFixedBatch(), empty().maxBatchSize(8)))
                .isInstanceOf(BackendException.class)
                .hasMessage("autofill failed for model 'm': model does not support batching while non-zero"
                        + " max_batch_size is specified");
    }

    @Test
    void complete_statedBatchSizeZero_keepsTheFullShape() throws Exception {
        ModelConfig config = completed(OnnxModels.simple(), empty().maxBatchSize(0));

        assertThat(config.maxBatchSize()).isZero();
        assertThat(config.inputs().get(0).dims()).containsExactly(-1L, 16L);
    }

    @Test
    void complete_statedFullShapes_leavesNoBatchDimension() throws Exception {
        ModelConfig config = completed(
                OnnxModels.simple(),
                empty().inputs(List.of(
                        ModelInput.of("INPUT0", DataType.INT32, -1L, 16L),
                        ModelInput.of("INPUT1", DataType.INT32, -1L, 16L))));

        assertThat(config.maxBatchSize()).isZero();
        assertThat(config.outputs().get(0).dims()).containsExactly(-1L, 16L);
    }

    @Test
    void complete_scalars_areReshapedFromOne() throws Exception {
        ModelConfig config = completed(OnnxModels.scalarSum(), empty());

        assertThat(config.maxBatchSize()).isZero();
        assertThat(config.inputs().get(0))
                .isEqualTo(new ModelInput("INPUT0", DataType.FP32, List.of(1L), List.of(), false));
        assertThat(config.outputs().get(0))
                .isEqualTo(new ModelOutput("OUTPUT0", DataType.FP32, List.of(1L), List.of(), null));
    }

    @Test
    void complete_inputsOfDifferentSymbols_doesNotBatch() throws Exception {
        assertThat(completed(OnnxModels.gather(), empty()).maxBatchSize()).isZero();
    }

    @Test
    void complete_wrongDims_namesBothShapes() {
        assertThatThrownBy(() -> completed(
                        OnnxModels.simple(), stated(ModelInput.of("INPUT0", DataType.INT32, 16L, 1L), "OUTPUT0")))
                .hasMessage("model 'm', tensor 'INPUT0': the model expects 2 dimensions (shape [-1,16]) but the model"
                        + " configuration specifies 3 dimensions (an initial batch dimension because max_batch_size > 0"
                        + " followed by the explicit tensor shape, making complete shape [-1,16,1])");
    }

    @Test
    void complete_wrongTypeAndUnknownOutput_reportsBoth() {
        assertThatThrownBy(() ->
                        completed(OnnxModels.simple(), stated(ModelInput.of("INPUT0", DataType.BYTES, 16L), "OTHER")))
                .hasMessage("unable to load model 'm', configuration expects datatype TYPE_STRING for input 'INPUT0',"
                        + " model provides TYPE_INT32; unexpected inference output 'OTHER', allowed outputs are:"
                        + " OUTPUT0, OUTPUT1");
    }

    @Test
    void complete_tooFewInputs_isRefused() {
        ModelConfig.Builder config = empty().maxBatchSize(8)
                .inputs(List.of(ModelInput.of("INPUT0", DataType.INT32, 16L)))
                .outputs(List.of(ModelOutput.of("OUTPUT0", DataType.INT32, 16L)));

        assertThatThrownBy(() -> completed(OnnxModels.simple(), config))
                .hasMessage("unable to load model 'm', configuration expects 1 inputs, model provides 2");
    }

    private static ModelConfig.Builder raggedSums(String made, DataType type) {
        return empty().maxBatchSize(8)
                .inputs(List.of(ModelInput.of("INPUT0", DataType.FP32, -1L)))
                .outputs(List.of(
                        ModelOutput.of("OUTPUT0", DataType.FP32, 1L), ModelOutput.of("OUTPUT1", DataType.FP32, -1L)))
                .ragged(new RaggedBatching(
                        Set.of("INPUT0"),
                        List.of(
                                new BatchInput(Kind.BATCH_ACCUMULATED_ELEMENT_COUNT, List.of("INPUT1"), type, "INPUT0"),
                                new BatchInput(Kind.BATCH_ELEMENT_COUNT, List.of(made), DataType.INT32, "INPUT0")),
                        List.of(new BatchOutput(List.of("OUTPUT1"), "INPUT0"))));
    }

    @Test
    void complete_raggedInputs_haveNoBatchDimension() throws Exception {
        assertThat(completed(OnnxModels.raggedSums(), raggedSums("INPUT2", DataType.INT32))
                        .ragged())
                .isPresent();
    }

    @Test
    void complete_batchInputsThatTheModelDoesNotTake_areRefused() {
        assertThatThrownBy(() -> completed(OnnxModels.raggedSums(), raggedSums("OTHER", DataType.FP32)))
                .hasMessageContaining(
                        "configuration expects datatype TYPE_FP32 for input 'INPUT1', model provides" + " TYPE_INT32")
                .hasMessageContaining("unexpected inference input 'OTHER'");
    }

    @Test
    void complete_raggedInputOfAModelWithBatches_isRefused() {
        ModelConfig.Builder config = empty().maxBatchSize(8)
                .inputs(List.of(ModelInput.of("INPUT0", DataType.FP32, 3L)))
                .outputs(List.of(ModelOutput.of("OUTPUT0", DataType.FP32, 3L)))
                .ragged(new RaggedBatching(Set.of("INPUT0"), List.of(), List.of()));

        assertThatThrownBy(() -> completed(OnnxModels.identity(ElementType.FLOAT, dim("N"), dim(3)), config))
                .hasMessage("unable to load model 'm', configuration expects model provides input with shape [-1]  for"
                        + " ragged input 'INPUT0', model provides [-1,3]");
    }

    @Test
    void complete_sequenceOutput_saysWhatToDo() {
        assertThatThrownBy(() -> completed(OnnxModels.sequenceOutput(), empty()))
                .hasMessage("unable to load model 'm', output 'OUTPUT0' is a sequence, which has no V2 datatype; export"
                        + " the model with plain tensors there");
    }

    @Test
    void complete_outputWithoutShape_isAskedOfTheRuntime() throws Exception {
        OnnxGraph graph = OnnxGraph.named("shapeless")
                .input("INPUT0", ElementType.FLOAT, dim("N"), dim(3))
                .node(OnnxNode.of("Neg").inputs("INPUT0").outputs("OUTPUT0"))
                .outputWithoutShape("OUTPUT0", ElementType.FLOAT);

        assertThat(completed(graph, empty()).outputs()).containsExactly(ModelOutput.of("OUTPUT0", DataType.FP32, 3L));
    }

    @Test
    void load_withoutCompletion_isCheckedToo() throws Exception {
        ModelConfig wrong = empty().backend("onnxruntime")
                .inputs(List.of(ModelInput.of("INPUT0", DataType.FP32, 3L)))
                .outputs(List.of(ModelOutput.of("OUTPUT0", DataType.FP32, -1L)))
                .build();
        ModelFiles files = files(OnnxModels.identity(ElementType.FLOAT, dim(4)));
        ThrowingCallable load = () -> backend.load(wrong, files, Device.CPU, 1, context(Map.of()));

        assertThatThrownBy(load)
                .isInstanceOf(BackendException.class)
                .hasMessage("model 'm', tensor 'INPUT0': the model expects 1 dimensions (shape [4]) but the model"
                        + " configuration specifies 1 dimensions (shape [3]); model 'm', tensor 'OUTPUT0': the model"
                        + " expects 1 dimensions (shape [4]) but the model configuration specifies 1 dimensions (shape"
                        + " [-1])");
    }

    private static ModelConfig.Builder empty() {
        return ModelConfig.builder("m");
    }

    private static ModelConfig.Builder stated(ModelInput first, String output) {
        return empty().maxBatchSize(8)
                .inputs(List.of(first, ModelInput.of("INPUT1", DataType.INT32, 16L)))
                .outputs(List.of(ModelOutput.of(output, DataType.INT32, 16L)));
    }

    private ModelConfig completed(OnnxGraph graph, ModelConfig.Builder config) throws Exception {
        backend.complete(config, files(graph), context(Map.of()));
        return config.build();
    }

    private ModelFiles files(OnnxGraph graph) throws Exception {
        return Harness.write(graph, folder);
    }

    private static BackendContext context(Map<String, String> settings) {
        return Harness.context(settings, new CountingAllocator());
    }
}
