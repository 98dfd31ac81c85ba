package io.longshore.protocol.config;

import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.InitialState;
import io.longshore.model.SequenceBatching.Oldest;
import io.longshore.model.SequenceBatching.State;
import io.longshore.protocol.config.proto.ModelSequenceBatching;
import io.longshore.protocol.config.proto.ModelSequenceBatching.ControlInput;
import io.longshore.tensor.DataType;
import java.time.Duration;

/** Writes {@code sequence_batching} as it is in effect. */
final class SequenceWriter {
    private SequenceWriter() {}

    static ModelSequenceBatching message(SequenceBatching sequences) {
        ModelSequenceBatching.Builder message =
                ModelSequenceBatching.newBuilder().setMaxSequenceIdleMicroseconds(micros(sequences.maxIdle()));
        if (sequences.strategy() instanceof Oldest oldest) {
            message.setOldest(oldest(oldest));
        } else if (sequences.strategy() instanceof Direct direct) {
            message.setDirect(ModelSequenceBatching.StrategyDirect.newBuilder()
                    .setMaxQueueDelayMicroseconds(micros(direct.maxQueueDelay()))
                    .setMinimumSlotUtilization(direct.minimumSlotUtilization()));
        }
        sequences.controls().forEach(control -> message.addControlInput(control(control)));
        sequences.states().forEach(state -> message.addState(state(state)));
        return message.build();
    }

    private static ModelSequenceBatching.StrategyOldest oldest(Oldest oldest) {
        return ModelSequenceBatching.StrategyOldest.newBuilder()
                .setMaxCandidateSequences(oldest.maxCandidateSequences())
                .addAllPreferredBatchSize(oldest.preferredBatchSizes())
                .setMaxQueueDelayMicroseconds(micros(oldest.maxQueueDelay()))
                .setPreserveOrdering(oldest.preserveOrdering())
                .build();
    }

    private static ControlInput control(Control control) {
        ModelSequenceBatching.Control.Builder message = ModelSequenceBatching.Control.newBuilder()
                .setKind(ModelSequenceBatching.Control.Kind.valueOf(
                        "CONTROL_SEQUENCE_" + control.kind().name()));
        if (control.kind() == ControlKind.CORRID) {
            message.setDataType(ModelConfigWriter.dataType(control.type()));
        } else if (control.type() == DataType.INT32) {
            message.addInt32FalseTrue((int) control.whenFalse()).addInt32FalseTrue((int) control.whenTrue());
        } else if (control.type() == DataType.FP32) {
            message.addFp32FalseTrue((float) control.whenFalse()).addFp32FalseTrue((float) control.whenTrue());
        } else {
            message.addBoolFalseTrue(control.whenFalse() != 0).addBoolFalseTrue(control.whenTrue() != 0);
        }
        return ControlInput.newBuilder()
                .setName(control.name())
                .addControl(message)
                .build();
    }

    private static ModelSequenceBatching.State state(State state) {
        ModelSequenceBatching.State.Builder message = ModelSequenceBatching.State.newBuilder()
                .setInputName(state.inputName())
                .setOutputName(state.outputName())
                .setDataType(ModelConfigWriter.dataType(state.type()))
                .addAllDims(state.dims())
                .setUseSameBufferForInputOutput(state.sameBuffer())
                .setUseGrowableMemory(state.growable());
        if (state.initial() != null) {
            message.addInitialState(initial(state.type(), state.initial()));
        }
        return message.build();
    }

    private static ModelSequenceBatching.InitialState initial(DataType type, InitialState initial) {
        ModelSequenceBatching.InitialState.Builder message = ModelSequenceBatching.InitialState.newBuilder()
                .setName(initial.name())
                .setDataType(ModelConfigWriter.dataType(type))
                .addAllDims(initial.dims());
        return (initial.dataFile() == null ? message.setZeroData(true) : message.setDataFile(initial.dataFile()))
                .build();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
