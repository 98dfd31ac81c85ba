package io.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.Oldest;
import io.longshore.model.SequenceBatching.State;
import io.longshore.tensor.DataType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceBatchingTest {
    private static final Oldest OLDEST = new Oldest(0, List.of(2, 9), Duration.ZERO, false);

    private static ModelConfig.Builder model(List<Control> controls, List<State> states) {
        return ModelConfig.builder("m")
                .backend("fake")
                .maxBatchSize(4)
                .inputs(List.of(ModelInput.of("A", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("B", DataType.FP32, 1L)))
                .sequenceBatching(
                        new SequenceBatching(Direct.DEFAULT, SequenceBatching.DEFAULT_MAX_IDLE, controls, states));
    }

    @Test
    void backendTensors_areTheDeclaredOnesThenControlsThenStates() throws Exception {
        ModelConfig config = model(
                        List.of(Control.correlationId("C", DataType.INT64)),
                        List.of(
                                State.of("S_IN", "S_OUT", DataType.FP32, -1L),
                                State.of("T_IN", "B", DataType.FP32, 1L)))
                .build();

        assertThat(config.inputs()).extracting(ModelInput::name).containsExactly("A");
        assertThat(config.backendInputs()).extracting(ModelInput::name).containsExactly("A", "C", "S_IN", "T_IN");
        assertThat(config.backendOutputs()).extracting(ModelOutput::name).containsExactly("B", "S_OUT");
    }

    @Test
    void slots_areTheRowsOfABatchUnlessStated() {
        assertThat(Direct.DEFAULT.slots(8)).isEqualTo(8);
        assertThat(Direct.DEFAULT.slots(0)).isEqualTo(1);
        assertThat(OLDEST.slots(8)).isEqualTo(8);
        assertThat(OLDEST.slots(0)).isEqualTo(1);
        assertThat(new Oldest(5, List.of(), Duration.ZERO, false).slots(0)).isEqualTo(5);
    }

    @Test
    void allContradictions_areToldAtOnce() {
        ModelConfig.Builder wrong = model(
                        List.of(Control.correlationId("A", DataType.INT64)),
                        List.of(State.of("S", "B", DataType.FP32, 2L), State.of("S", "B", DataType.FP32, 1L)))
                .decoupled(true);
        InvalidModelConfigException fault = catchThrowableOfType(InvalidModelConfigException.class, wrong::build);

        assertThat(fault.problems())
                .satisfiesExactlyInAnyOrder(
                        p -> assertThat(p).contains("'A' is given to the model twice"),
                        p -> assertThat(p).contains("'S' is given to the model twice"),
                        p -> assertThat(p).contains("output 'B' is the state of two inputs"),
                        p -> assertThat(p).contains("output 'B' is a state too; give it the same data_type and dims"),
                        p -> assertThat(p).contains("a decoupled model gives any number of responses"));
    }

    @Test
    void preferredSizeBeyondTheBatch_isRefused() {
        ModelConfig.Builder wrong = model(List.of(), List.of()).sequenceBatching(SequenceBatching.of(OLDEST));
        InvalidModelConfigException fault = catchThrowableOfType(InvalidModelConfigException.class, wrong::build);

        assertThat(fault.problems())
                .containsExactly("sequence batching preferred batch size must be <= max batch size for m:"
                        + " oldest.preferred_batch_size holds 9, max_batch_size is 4");
    }
}
