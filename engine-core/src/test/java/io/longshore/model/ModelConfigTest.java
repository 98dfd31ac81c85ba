package io.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelConfigTest {
    private static ModelConfig.Builder withInput(List<Long> dims, List<Long> reshape) {
        return ModelConfig.builder("m")
                .backend("fake")
                .inputs(List.of(new ModelInput("A", DataType.FP32, dims, reshape, false)))
                .outputs(List.of(ModelOutput.of("B", DataType.FP32, 1L)));
    }

    @Test
    void allProblems_areToldAtOnce() {
        ModelConfig.Builder wrong = ModelConfig.builder("m")
                .maxBatchSize(-1)
                .inputs(List.of(ModelInput.of("A", DataType.FP32, -2L), ModelInput.of("A", DataType.FP32)))
                .outputs(List.of(ModelOutput.of("", DataType.FP32)));

        assertThatThrownBy(wrong::build)
                .isInstanceOfSatisfying(
                        InvalidModelConfigException.class,
                        failure -> assertThat(failure.problems()).hasSize(5))
                .hasMessageContainingAll(
                        "max_batch_size is at least 0, got -1",
                        "input 'A' is declared twice",
                        "an output has no name",
                        "input 'A' dims must be -1 or at least 0, got -2",
                        "names no backend");
    }

    @Test
    void reshapeOfAsManyElements_isAccepted() {
        assertThatCode(() -> withInput(List.of(2L, -1L, 3L), List.of(6L, -1L)).build())
                .doesNotThrowAnyException();
        assertThatCode(() -> withInput(List.of(1L), List.of()).build()).doesNotThrowAnyException();
    }

    @Test
    void reshapeOfOtherElements_isRefused() {
        assertThatThrownBy(() -> withInput(List.of(2L, 3L), List.of(5L)).build())
                .hasMessageContaining("do not hold the same number of elements");
        assertThatThrownBy(() -> withInput(List.of(-1L, -1L), List.of(-1L)).build())
                .hasMessageContaining("do not hold the same number of elements");
    }

    @Test
    void reshapeThatOverflows_isComparedExactly() {
        long large = 1L << 32;

        assertThatThrownBy(() -> withInput(List.of(large, large), List.of(large, large, large))
                        .build())
                .hasMessageContaining("do not hold the same number of elements");
    }
}
