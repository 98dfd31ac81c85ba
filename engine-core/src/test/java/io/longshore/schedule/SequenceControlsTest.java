package io.longshore.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceControlsTest {
    private static Tensor only(Control control, int maxBatchSize, CorrelationId id) throws Exception {
        ModelConfig config = ModelConfig.builder("m")
                .backend("fake")
                .maxBatchSize(maxBatchSize)
                .inputs(List.of(ModelInput.of("A", DataType.FP32, 1L)))
                .outputs(List.of(ModelOutput.of("B", DataType.FP32, 1L)))
                .sequenceBatching(new SequenceBatching(
                        Direct.DEFAULT, SequenceBatching.DEFAULT_MAX_IDLE, List.of(control), List.of()))
                .build();
        PendingRequest request = new PendingRequest(
                InferenceRequest.of(ModelSelector.latest("m"), List.of()),
                List.of(),
                List.of(),
                new RecordingSink(),
                new RequestFailures(),
                () -> {});
        List<Tensor> tensors = new SequenceControls(config).of(new SequenceStep(request, id, true, false));
        assertThat(tensors).hasSize(1);
        assertThat(tensors.get(0).name()).isEqualTo(control.name());
        return tensors.get(0);
    }

    private static byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.byteSize()];
        tensor.buffer().get(bytes);
        return bytes;
    }

    @Test
    void choices_haveTheConfiguredValuesAndType() throws Exception {
        CorrelationId id = new CorrelationId(1, "");
        Tensor start = only(new Control("S", ControlKind.START, DataType.FP32, -0.5, 2.5), 0, id);
        Tensor end = only(new Control("E", ControlKind.END, DataType.INT32, -7, 9), 4, id);
        Tensor ready = only(new Control("R", ControlKind.READY, DataType.BOOL, 0, 1), 4, id);

        assertThat(Tensors.floats(start)).containsExactly(2.5f);
        assertThat(start.shape()).isEqualTo(Shape.of(1));
        assertThat(Tensors.ints(end)).containsExactly(-7);
        assertThat(end.shape()).isEqualTo(Shape.of(1, 1));
        assertThat(ready.type()).isEqualTo(DataType.BOOL);
        assertThat(bytes(ready)).containsExactly(1);
    }

    @Test
    void numbers_haveTheWidthThatTheModelWants() throws Exception {
        CorrelationId id = new CorrelationId(0x1_0000_0002L, "");

        assertThat(bytes(only(Control.correlationId("C", DataType.UINT64), 1, id)))
                .containsExactly(2, 0, 0, 0, 1, 0, 0, 0);
        assertThat(bytes(only(Control.correlationId("C", DataType.INT64), 1, id)))
                .containsExactly(2, 0, 0, 0, 1, 0, 0, 0);
        assertThat(bytes(only(Control.correlationId("C", DataType.UINT32), 1, id)))
                .containsExactly(2, 0, 0, 0);
        assertThat(bytes(only(Control.correlationId("C", DataType.INT32), 1, id)))
                .containsExactly(2, 0, 0, 0);
    }

    @Test
    void text_isOneElement() throws Exception {
        Tensor id = only(Control.correlationId("C", DataType.BYTES), 1, new CorrelationId(0, "grün"));

        assertThat(Tensors.strings(id)).containsExactly("grün");
        assertThat(id.shape()).isEqualTo(Shape.of(1, 1));
    }
}
