package io.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.model.Ensemble.Step;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is said of an ensemble once its parts are known; and shapes between models with and without a batch dimension. */
class EnsemblePartsTest {
    private final Map<String, ModelConfig> parts = new HashMap<>();
    private final ModelConfig.Builder ensemble = ModelConfig.builder("e")
            .platform("ensemble")
            .inputs(List.of(ModelInput.of("IN", DataType.FP32, 4L)))
            .outputs(List.of(ModelOutput.of("OUT", DataType.FP32, 4L)))
            .ensemble(Ensemble.of(
                    Step.of("a", Map.of("I", "IN"), Map.of("O", "between")),
                    Step.of("b", Map.of("I", "between"), Map.of("O", "OUT"))));

    EnsemblePartsTest() throws InvalidModelConfigException {
        part(part("a"));
        part(part("b"));
    }

    private static ModelConfig.Builder part(String name) {
        return ModelConfig.builder(name)
                .backend("fake")
                .inputs(List.of(ModelInput.of("I", DataType.FP32, 4L)))
                .outputs(List.of(ModelOutput.of("O", DataType.FP32, 4L)));
    }

    private void part(ModelConfig.Builder config) throws InvalidModelConfigException {
        parts.put(config.name(), config.build());
    }

    private EnsembleParts.Result check() {
        return EnsembleParts.check(ensemble, step -> Objects.requireNonNull(parts.get(step.model())));
    }

    @Test
    void fittingParts_haveNoProblem() {
        assertThat(check().problems()).isEmpty();
        assertThat(check().decoupled()).isFalse();
    }

    @Test
    void allMisfits_areToldAtOnce() throws Exception {
        part(part("a").outputs(List.of(ModelOutput.of("O", DataType.BYTES, 4L))));
        part(part("b")
                .inputs(List.of(ModelInput.of("I", DataType.FP32, 4L), ModelInput.of("MORE", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("O", DataType.FP32, 5L))));

        assertThat(check().problems())
                .containsExactly(
                        "in ensemble e, ensemble tensor between: inconsistent data type: TYPE_STRING is inferred from model a"
                                + " while TYPE_FP32 is inferred from model b",
                        "in ensemble e, input MORE in model b is not mapped to any ensemble tensors",
                        "in ensemble e, ensemble tensor OUT: inconsistent shape: [4] is inferred from model e while [5] is"
                                + " inferred from model b");
    }

    @Test
    void tensorsThatAPartDoesNotHave_areNamed() throws Exception {
        part(part("a")
                .inputs(List.of(new ModelInput("X", DataType.FP32, List.of(4L), null, true)))
                .outputs(List.of(ModelOutput.of("Y", DataType.FP32, 4L))));

        assertThat(check().problems())
                .containsExactly(
                        "in ensemble e, ensemble tensor IN is mapping to non-existing input I in model a",
                        "in ensemble e, ensemble tensor between is mapped from non-existing output O in model a");
    }

    @Test
    void partThatTakesSmallerBatches_isNamed() throws Exception {
        ensemble.maxBatchSize(8);
        part(part("a").maxBatchSize(4));
        part(part("b").maxBatchSize(8));

        assertThat(check().problems())
                .containsExactly(
                        "ensemble e allows maximum batch size 8, but it contains model a which only allows maximum"
                                + " batch size to be 4");
    }

    @Test
    void batchDimension_mayBeSpelledOutWhereAPartHasNone() throws Exception {
        ensemble.maxBatchSize(8);
        part(part("a")
                .inputs(List.of(ModelInput.of("I", DataType.FP32, -1L, 4L)))
                .outputs(List.of(ModelOutput.of("O", DataType.FP32, -1L, 4L))));
        part(part("b").maxBatchSize(8));

        assertThat(check().problems()).isEmpty();
    }

    @Test
    void responsesOfTwoDecoupledParts_cannotBeTakenTogether() throws Exception {
        part(part("a").decoupled(true));
        assertThat(check().decoupled()).isTrue();
        assertThat(check().problems()).isEmpty();
        part(part("b").inputs(List.of(ModelInput.of("I", DataType.FP32, 4L), ModelInput.of("J", DataType.FP32, 4L))));
        ensemble.ensemble(Ensemble.of(
                Step.of("a", Map.of("I", "IN"), Map.of("O", "between")),
                Step.of("b", Map.of("I", "between", "J", "IN"), Map.of("O", "OUT"))));

        assertThat(check().problems())
                .containsExactly("in ensemble e, step of model 'b' receives inputs originated from different decoupled"
                        + " models");
    }

    @Test
    void shapes_changeOnlyWhereOneModelBatchesAndTheOtherDoesNot() {
        List<Long> dims = List.of(-1L, 4L);

        assertThat(EnsembleShapes.taken(Shape.of(3, 4), dims, true, false)).isEqualTo(Shape.of(1, 3, 4));
        assertThat(EnsembleShapes.taken(Shape.of(2, 3, 4), dims, true, false)).isEqualTo(Shape.of(2, 3, 4));
        assertThat(EnsembleShapes.taken(Shape.of(1, 3, 4), dims, false, true)).isEqualTo(Shape.of(3, 4));
        assertThat(EnsembleShapes.taken(Shape.of(2, 3, 4), dims, false, true)).isEqualTo(Shape.of(2, 3, 4));
        assertThat(EnsembleShapes.taken(Shape.of(1, 4), dims, false, true)).isEqualTo(Shape.of(1, 4));
        assertThat(EnsembleShapes.taken(Shape.of(1, 3, 4), dims, true, true)).isEqualTo(Shape.of(1, 3, 4));
    }
}
