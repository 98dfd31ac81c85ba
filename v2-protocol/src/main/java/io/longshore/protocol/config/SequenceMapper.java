package io.longshore.protocol.config;

import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.InitialState;
import io.longshore.model.SequenceBatching.Oldest;
import io.longshore.model.SequenceBatching.State;
import io.longshore.model.SequenceBatching.Strategy;
import io.longshore.protocol.config.proto.ModelSequenceBatching;
import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@code sequence_batching} into what it stands for, and checks each field by itself. Not thread-safe; used once.
 *
 * <p>Message texts follow {@code model_config_utils.cc} and {@code sequence_batch_scheduler.cc} of Triton's core.
 */
final class SequenceMapper {
    private static final String FIELD = "sequence_batching";
    private static final Set<DataType> ID_TYPES =
            EnumSet.of(DataType.UINT64, DataType.INT64, DataType.UINT32, DataType.INT32, DataType.BYTES);

    private final ModelSequenceBatching message;
    private final int line;
    private final ConfigFindings findings;
    private final Set<ControlKind> kinds = EnumSet.noneOf(ControlKind.class);
    private final Set<String> names = new HashSet<>();

    SequenceMapper(ModelSequenceBatching message, ConfigLines lines, ConfigFindings findings) {
        this.message = message;
        this.line = lines.of(FIELD);
        this.findings = findings;
    }

    /** What the field says; what is wrong with it goes to the findings. */
    SequenceBatching map() {
        if (message.getIterativeSequence()) {
            problem("iterative_sequence is not supported by this server: no backend here reschedules its requests;"
                    + " leave it out, or let the client send each step");
        }
        long idle = message.getMaxSequenceIdleMicroseconds();
        List<Control> controls = new ArrayList<>();
        message.getControlInputList().forEach(input -> mapControl(input, controls));
        List<State> states = new ArrayList<>();
        message.getStateList().forEach(state -> mapState(state, states));
        return new SequenceBatching(
                strategy(), idle == 0 ? SequenceBatching.DEFAULT_MAX_IDLE : Micros.duration(idle), controls, states);
    }

    private Strategy strategy() {
        if (!message.hasOldest()) {
            return direct(message.getDirect());
        }
        ModelSequenceBatching.StrategyOldest oldest = message.getOldest();
        if (oldest.getMaxCandidateSequences() < 0) {
            problem("oldest.max_candidate_sequences " + oldest.getMaxCandidateSequences()
                    + " is negative; use 0 for as many as max_batch_size, or at least 1");
        }
        for (int size : oldest.getPreferredBatchSizeList()) {
            if (size <= 0) {
                problem("oldest.preferred_batch_size: sequence batching preferred batch size must be positive, got "
                        + size);
            }
        }
        if (oldest.getPreferredBatchSizeCount() > 0 || oldest.getMaxQueueDelayMicroseconds() != 0) {
            note("oldest.preferred_batch_size and oldest.max_queue_delay_microseconds have no effect: each request runs"
                    + " by itself as soon as its instance is free");
        }
        return new Oldest(
                Math.max(0, oldest.getMaxCandidateSequences()),
                oldest.getPreferredBatchSizeList(),
                Micros.duration(oldest.getMaxQueueDelayMicroseconds()),
                oldest.getPreserveOrdering());
    }

    private Strategy direct(ModelSequenceBatching.StrategyDirect direct) {
        float utilization = direct.getMinimumSlotUtilization();
        if (!(utilization >= 0 && utilization <= 1)) {
            problem(
                    "direct.minimum_slot_utilization: sequence batching minimum slot utilization must be in range (0.0, 1.0],"
                            + " or 0 for none, got " + utilization);
        }
        if (utilization != 0 || direct.getMaxQueueDelayMicroseconds() != 0) {
            note(
                    "direct.minimum_slot_utilization and direct.max_queue_delay_microseconds have no effect: each request runs"
                            + " by itself as soon as its instance is free");
        }
        return new Direct(Micros.duration(direct.getMaxQueueDelayMicroseconds()), utilization);
    }

    private void mapControl(ModelSequenceBatching.ControlInput input, List<Control> controls) {
        String name = input.getName();
        checkName("control_input", name);
        if (input.getControlCount() != 1) {
            problem("control_input '" + name + "' has " + input.getControlCount()
                    + " controls; give each tensor exactly one");
            return;
        }
        ModelSequenceBatching.Control stated = input.getControl(0);
        ControlKind kind = kind(stated, name);
        if (kind == null) {
            return;
        }
        if (!kinds.add(kind)) {
            problem("sequence batching specifies multiple " + stated.getKind() + " tensors; name one");
        }
        Control control = kind == ControlKind.CORRID ? correlationId(name, stated) : bool(name, kind, stated);
        if (control != null) {
            controls.add(control);
        }
    }

    private @Nullable ControlKind kind(ModelSequenceBatching.Control stated, String name) {
        return switch (stated.getKind()) {
            case CONTROL_SEQUENCE_START -> ControlKind.START;
            case CONTROL_SEQUENCE_READY -> ControlKind.READY;
            case CONTROL_SEQUENCE_END -> ControlKind.END;
            case CONTROL_SEQUENCE_CORRID -> ControlKind.CORRID;
            case UNRECOGNIZED -> {
                if (stated.getKindValue() != ConfigText.BROKEN_ENUM) {
                    problem("control_input '" + name + "': kind " + stated.getKindValue()
                            + " is unknown; use one of its names");
                }
                yield null;
            }
        };
    }

    private @Nullable Control correlationId(String name, ModelSequenceBatching.Control stated) {
        DataType type = type("control_input '" + name + "'", stated.getDataTypeValue());
        if (type != null && !ID_TYPES.contains(type)) {
            problem("control_input '" + name
                    + "': unexpected data type for control CONTROL_SEQUENCE_CORRID. Allowed data"
                    + " types are TYPE_UINT64, TYPE_INT64, TYPE_UINT32, TYPE_INT32 and TYPE_STRING");
            return null;
        }
        if (stated.getInt32FalseTrueCount() + stated.getFp32FalseTrueCount() + stated.getBoolFalseTrueCount() > 0) {
            problem("control_input '" + name
                    + "': CONTROL_SEQUENCE_CORRID has no values for false and true; state data_type");
        }
        return type == null ? null : Control.correlationId(name, type);
    }

    private @Nullable Control bool(String name, ControlKind kind, ModelSequenceBatching.Control stated) {
        List<Control> found = new ArrayList<>();
        if (stated.getInt32FalseTrueCount() > 0) {
            found.add(choice(name, kind, DataType.INT32, stated.getInt32FalseTrueList()));
        }
        if (stated.getFp32FalseTrueCount() > 0) {
            found.add(choice(name, kind, DataType.FP32, stated.getFp32FalseTrueList()));
        }
        if (stated.getBoolFalseTrueCount() > 0) {
            List<Integer> numbers = stated.getBoolFalseTrueList().stream()
                    .map(value -> value ? 1 : 0)
                    .toList();
            found.add(choice(name, kind, DataType.BOOL, numbers));
        }
        if (found.size() != 1) {
            problem("control_input '" + name + "': " + (found.isEmpty() ? "specify either" : "specify only one of")
                    + " 'int32_false_true', 'fp32_false_true' or 'bool_false_true' for " + stated.getKind());
            return null;
        }
        return found.get(0);
    }

    private Control choice(String name, ControlKind kind, DataType type, List<? extends Number> values) {
        if (values.size() != 2) {
            problem("control_input '" + name
                    + "': the value for false and the value for true must be exactly 2 entries, got " + values.size());
        }
        return new Control(
                name,
                kind,
                type,
                values.get(0).doubleValue(),
                values.get(values.size() - 1).doubleValue());
    }

    private void mapState(ModelSequenceBatching.State state, List<State> states) {
        String about = "state input '" + state.getInputName() + "'";
        checkName("state", state.getInputName());
        if (state.getOutputName().isEmpty()) {
            problem(about + ": output_name is missing");
        }
        DataType type = type(about, state.getDataTypeValue());
        boolean valid = checkDims(about, state.getDimsList(), TensorSpec.ANY);
        if (state.getUseGrowableMemory() || state.getUseSameBufferForInputOutput()) {
            note(about + ": use_same_buffer_for_input_output and use_growable_memory have no effect: a state takes the"
                    + " memory that it needs");
        }
        InitialState initial = initial(about, state);
        if (type != null && valid) {
            states.add(new State(
                    state.getInputName(),
                    state.getOutputName(),
                    type,
                    state.getDimsList(),
                    initial,
                    state.getUseSameBufferForInputOutput(),
                    state.getUseGrowableMemory()));
        }
    }

    private @Nullable InitialState initial(String about, ModelSequenceBatching.State state) {
        if (state.getInitialStateCount() == 0) {
            return null;
        }
        if (state.getInitialStateCount() > 1) {
            problem(about + ": initial_state must contain exactly one or zero element. Found '"
                    + state.getInitialStateCount() + "' elements");
        }
        ModelSequenceBatching.InitialState initial = state.getInitialState(0);
        if (initial.getDataTypeValue() != state.getDataTypeValue()) {
            problem(about + ": the data type used for 'initial_state' does not match the state data type");
        }
        if (initial.getName().isEmpty()) {
            problem(about + ": field 'name' must be set when using initial_state");
        }
        checkInitialDims(about, initial.getDimsList(), state.getDimsList());
        return new InitialState(initial.getName(), initial.getDimsList(), dataFile(about, initial));
    }

    private void checkInitialDims(String about, List<Long> initial, List<Long> dims) {
        boolean fits = initial.size() == dims.size() && checkDims(about + ": initial_state", initial, 0);
        for (int axis = 0; fits && axis < dims.size(); axis++) {
            fits = dims.get(axis) == TensorSpec.ANY || dims.get(axis).equals(initial.get(axis));
        }
        if (!fits) {
            problem(about + ": initial_state dims " + initial + " do not match the state's dims " + dims
                    + "; give each dimension a size, the state's where that has one");
        }
    }

    private @Nullable String dataFile(String about, ModelSequenceBatching.InitialState initial) {
        if (!initial.hasDataFile()) {
            if (!initial.hasZeroData()) {
                problem(about + ": initial_state must have zero_data or data_file");
            }
            return null;
        }
        String file = initial.getDataFile();
        if (file.isEmpty() || PathRules.leavesFolder(file)) {
            problem(about + ": data_file '" + file
                    + "' leads out of the model's folder initial_state; name a file inside it");
        }
        return file;
    }

    private void checkName(String field, String name) {
        if (name.isEmpty()) {
            problem(field + ": the tensor's name is missing");
        } else if (!names.add(name)) {
            problem(field + " '" + name + "' is named twice; name each tensor once");
        }
    }

    private boolean checkDims(String about, List<Long> dims, long least) {
        for (long dim : dims) {
            if (dim < least) {
                problem(about + " dims hold " + dim + "; a dimension is at least " + least);
                return false;
            }
        }
        return true;
    }

    private @Nullable DataType type(String about, int number) {
        return TensorMapper.type(number, what -> problem(about + ": " + what));
    }

    private void problem(String what) {
        findings.problem(line, FIELD + ": " + what);
    }

    private void note(String what) {
        findings.note(line, FIELD + ": " + what);
    }
}
