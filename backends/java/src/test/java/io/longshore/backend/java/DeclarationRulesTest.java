package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.SequenceBatching;
import io.longshore.spi.BackendException;
import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclarationRulesTest {
    private static final ModelDeclaration BATCHED = ModelDeclaration.NONE
            .input("A", DataType.FP32, 4)
            .optionalInput("B", DataType.INT64, -1)
            .output("X", DataType.FP32, -1)
            .maxBatchSize(8);

    private static ModelConfig.Builder config() {
        return ModelConfig.builder("m").backend("java");
    }

    private static ModelConfig stated(int maxBatchSize, List<ModelInput> inputs) throws InvalidModelConfigException {
        return config().maxBatchSize(maxBatchSize)
                .inputs(inputs)
                .outputs(List.of(
                        ModelOutput.of("X", DataType.FP32, maxBatchSize > 0 ? new Long[] {2L} : new Long[] {-1L, 2L})))
                .build();
    }

    @Test
    void silentConfig_isFilled() throws Exception {
        ModelConfig.Builder config = config();

        DeclarationRules.complete(config, BATCHED, true);

        ModelConfig complete = config.build();
        assertThat(complete.maxBatchSize()).isEqualTo(8);
        assertThat(complete.inputs()).extracting(ModelInput::optional).containsExactly(false, true);
        assertThat(complete.isDecoupled()).isTrue();
        assertThatCode(() -> DeclarationRules.check(complete, BATCHED, true)).doesNotThrowAnyException();
    }

    @Test
    void declarationOfNothing_leavesAllToTheConfig() throws Exception {
        ModelConfig config = stated(0, List.of(ModelInput.of("ANY", DataType.BOOL, 3L)));

        assertThatCode(() -> DeclarationRules.check(config, ModelDeclaration.NONE, false))
                .doesNotThrowAnyException();
    }

    @Test
    void optionalInputLeftOut_isFine() throws Exception {
        ModelConfig config = stated(4, List.of(ModelInput.of("A", DataType.FP32, 4L)));

        assertThatCode(() -> DeclarationRules.check(config, BATCHED, false)).doesNotThrowAnyException();
    }

    @Test
    void batchDimensionSpelledOut_isTheSame() throws Exception {
        ModelConfig config = stated(0, List.of(ModelInput.of("A", DataType.FP32, -1L, 4L)));

        assertThatCode(() -> DeclarationRules.check(config, BATCHED, false)).doesNotThrowAnyException();
    }

    @Test
    void reshapedInput_isCheckedAsTheCodeSeesIt() throws Exception {
        ModelInput reshaped = new ModelInput("A", DataType.FP32, List.of(2L, 2L), List.of(4L), false);

        ModelConfig config = stated(4, List.of(reshaped));

        assertThatCode(() -> DeclarationRules.check(config, BATCHED, false)).doesNotThrowAnyException();
    }

    @Test
    void everyContradiction_isNamedAtOnce() throws Exception {
        ModelConfig config =
                stated(16, List.of(ModelInput.of("B", DataType.FP32, -1L), ModelInput.of("C", DataType.FP32, 1L)));

        assertThatThrownBy(() -> DeclarationRules.check(config, BATCHED, true))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll(
                        "model 'm'",
                        "input 'B' is FP32, the class declares INT64",
                        "input 'C' is not declared by the class, which has [A, B]",
                        "input 'A', which the class needs, is not stated",
                        "max_batch_size is 16, the class takes 8",
                        "model_transaction_policy { decoupled: true }");
    }

    @Test
    void otherDims_areNamed() throws Exception {
        ModelConfig config = stated(4, List.of(ModelInput.of("A", DataType.FP32, -1L)));

        assertThatThrownBy(() -> DeclarationRules.check(config, BATCHED, false))
                .hasMessageContaining("input 'A' has dims [-1,-1], the class declares [-1,4]");
    }

    @Test
    void outputs_areExpectedAsConfiguredWithTheBatchDimension() throws Exception {
        ModelConfig config = stated(4, List.of(ModelInput.of("A", DataType.FP32, 4L)));

        assertThat(DeclarationRules.outputSpecs(config))
                .containsEntry("X", new TensorSpec("X", DataType.FP32, List.of(-1L, 2L)));
    }

    @Test
    void tensorsOfSequences_areCheckedButNoPartOfRequestAndResponse() throws Exception {
        ModelDeclaration declared = ModelDeclaration.NONE
                .input("A", DataType.FP32, 4)
                .input("START", DataType.BOOL, 1)
                .input("S_IN", DataType.INT64, -1)
                .output("X", DataType.FP32, 2)
                .output("S_OUT", DataType.INT64, -1);
        ModelConfig.Builder draft = ModelConfig.builder("m")
                .backend("java")
                .sequenceBatching(new SequenceBatching(
                        SequenceBatching.Direct.DEFAULT,
                        SequenceBatching.DEFAULT_MAX_IDLE,
                        List.of(new SequenceBatching.Control(
                                "START", SequenceBatching.ControlKind.START, DataType.BOOL, 0, 1)),
                        List.of(SequenceBatching.State.of("S_IN", "S_OUT", DataType.INT64, -1L))));
        DeclarationRules.complete(draft, declared, false);
        ModelConfig config = draft.build();

        assertThat(config.inputs()).extracting(ModelInput::name).containsExactly("A");
        assertThat(config.outputs()).extracting(ModelOutput::name).containsExactly("X");
        assertThatCode(() -> DeclarationRules.check(config, declared, false)).doesNotThrowAnyException();
        assertThat(DeclarationRules.outputSpecs(config)).containsKeys("X", "S_OUT");
        assertThatThrownBy(() -> DeclarationRules.check(config, BATCHED, false))
                .hasMessageContaining("input 'START' is not declared by the class");
    }
}
