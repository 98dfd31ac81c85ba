package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.TextFormat;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.model.SequenceBatching.Direct;
import io.longshore.model.SequenceBatching.InitialState;
import io.longshore.model.SequenceBatching.Oldest;
import io.longshore.model.SequenceBatching.State;
import io.longshore.tensor.DataType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sequence_batching}: every field in and out, and every problem. */
class SequenceConfigTest {
    private static final String TENSORS = """
            backend: "onnxruntime"
            max_batch_size: 4
            input [ { name: "I" data_type: TYPE_FP32 dims: 1 } ]
            output [ { name: "O" data_type: TYPE_FP32 dims: 1 } ]
            """;

    private static final String FULL = TENSORS + """
            sequence_batching {
              max_sequence_idle_microseconds: 5000000
              oldest {
                max_candidate_sequences: 16
                preferred_batch_size: [ 2, 4 ]
                max_queue_delay_microseconds: 100
                preserve_ordering: true
              }
              control_input [
                { name: "START" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 7 ] } ] },
                { name: "READY" control [ { kind: CONTROL_SEQUENCE_READY fp32_false_true: [ -0.5, 1 ] } ] },
                { name: "END" control [ { kind: CONTROL_SEQUENCE_END bool_false_true: [ false, true ] } ] },
                { name: "ID" control [ { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_STRING } ] }
              ]
              state [
                {
                  input_name: "S_IN" output_name: "S_OUT" data_type: TYPE_INT64 dims: [ -1, 2 ]
                  initial_state { name: "zeros" data_type: TYPE_INT64 dims: [ 3, 2 ] zero_data: true }
                  use_same_buffer_for_input_output: true
                },
                {
                  input_name: "T_IN" output_name: "T_OUT" data_type: TYPE_STRING dims: 1
                  initial_state { name: "seed" data_type: TYPE_STRING dims: 1 data_file: "sub/seed.bin" }
                  use_growable_memory: true
                },
                { input_name: "U_IN" output_name: "U_OUT" data_type: TYPE_FP32 dims: 1 }
              ]
            }
            """;

    private static ModelConfigReader.Result read(String text) throws InvalidModelConfigException {
        return new ModelConfigReader().read("m", text, "config.pbtxt");
    }

    private static SequenceBatching sequences(String text) throws InvalidModelConfigException {
        return read(TENSORS + "sequence_batching { " + text + " }")
                .config()
                .build()
                .sequenceBatching()
                .orElseThrow();
    }

    @Test
    void everyField_isRead() throws Exception {
        assertThat(read(FULL).config().build().sequenceBatching())
                .contains(new SequenceBatching(
                        new Oldest(16, List.of(2, 4), Duration.ofNanos(100_000), true),
                        Duration.ofSeconds(5),
                        List.of(
                                new Control("START", ControlKind.START, DataType.INT32, 0, 7),
                                new Control("READY", ControlKind.READY, DataType.FP32, -0.5, 1),
                                new Control("END", ControlKind.END, DataType.BOOL, 0, 1),
                                Control.correlationId("ID", DataType.BYTES)),
                        List.of(
                                new State(
                                        "S_IN",
                                        "S_OUT",
                                        DataType.INT64,
                                        List.of(-1L, 2L),
                                        new InitialState("zeros", List.of(3L, 2L), null),
                                        true,
                                        false),
                                new State(
                                        "T_IN",
                                        "T_OUT",
                                        DataType.BYTES,
                                        List.of(1L),
                                        new InitialState("seed", List.of(1L), "sub/seed.bin"),
                                        false,
                                        true),
                                State.of("U_IN", "U_OUT", DataType.FP32, 1L))));
    }

    @Test
    void nothingStated_hasTheDefaults() throws Exception {
        assertThat(sequences("")).isEqualTo(SequenceBatching.of(Direct.DEFAULT));
        assertThat(SequenceBatching.DEFAULT_MAX_IDLE).isEqualTo(Duration.ofSeconds(1));
        assertThat(sequences("direct { minimum_slot_utilization: 0.5 max_queue_delay_microseconds: 7 }")
                        .strategy())
                .isEqualTo(new Direct(Duration.ofNanos(7000), 0.5f));
        assertThat(sequences("max_sequence_idle_microseconds: 18446744073709551615")
                        .maxIdle())
                .isEqualTo(Duration.ofDays(36_500));
    }

    @Test
    void everyIdType_isKnown() throws Exception {
        for (DataType type : List.of(DataType.UINT64, DataType.INT64, DataType.UINT32, DataType.INT32)) {
            assertThat(sequences("control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_"
                                    + type + " } }")
                            .controls())
                    .containsExactly(Control.correlationId("C", type));
        }
    }

    @Test
    void message_readsAsTheConfigurationThatItWasWrittenFrom() throws Exception {
        for (String text : List.of(FULL, TENSORS + "sequence_batching { direct { minimum_slot_utilization: 0.25 } }")) {
            ModelConfig config = read(text).config().build();
            String written = TextFormat.printer().printToString(ModelConfigWriter.message(config));

            assertThat(read(written).config().build())
                    .usingRecursiveComparison()
                    .ignoringFields("stated")
                    .isEqualTo(config);
        }
    }

    @Test
    void json_showsWhatIsInEffect() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(ConfigJson.of(read(FULL).config().build()))
                .get("sequence_batching");

        assertThat(json.at("/oldest/preferred_batch_size").toString()).isEqualTo("[2,4]");
        assertThat(json.get("max_sequence_idle_microseconds").asLong()).isEqualTo(5_000_000);
        assertThat(json.at("/control_input/1/control/0/fp32_false_true").toString())
                .isEqualTo("[-0.5,1.0]");
        assertThat(json.at("/control_input/3/control/0/data_type").asText()).isEqualTo("TYPE_STRING");
        assertThat(json.at("/state/0/initial_state/0/zero_data").asBoolean()).isTrue();
        assertThat(json.at("/state/1/initial_state/0/data_file").asText()).isEqualTo("sub/seed.bin");
        assertThat(json.at("/state/0/dims").toString()).isEqualTo("[-1,2]");
        assertThat(json.has("direct")).isFalse();
    }

    @Test
    void fieldsWithoutEffect_areNoted() throws Exception {
        assertThat(read(FULL).notes())
                .hasSize(3)
                .allMatch(note -> note.startsWith("config.pbtxt:5: sequence_batching:"));
        assertThat(read(TENSORS + "sequence_batching { direct { max_queue_delay_microseconds: 7 } }")
                        .notes())
                .containsExactly("config.pbtxt:5: sequence_batching: direct.minimum_slot_utilization and"
                        + " direct.max_queue_delay_microseconds have no effect: each request runs by itself as soon as its"
                        + " instance is free");
    }

    @Test
    void bothSchedulers_areRefused() {
        assertThat(catchThrowableOfType(
                                InvalidModelConfigException.class,
                                () -> read(TENSORS + "sequence_batching { } dynamic_batching { }"))
                        .problems())
                .singleElement()
                .asString()
                .contains("dynamic_batching", "sequence_batching");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "iterative_sequence: true|iterative_sequence is not supported by this server",
                "generative_sequence: true|ModelSequenceBatching has no field 'generative_sequence'",
                "direct { minimum_slot_utilization: 1.5 }|sequence batching minimum slot utilization must be in range (0.0, 1.0]",
                "direct { minimum_slot_utilization: nan }|sequence batching minimum slot utilization must be in range (0.0, 1.0]",
                "oldest { max_candidate_sequences: -1 }|oldest.max_candidate_sequences -1 is negative",
                "oldest { preferred_batch_size: 0 }|sequence batching preferred batch size must be positive, got 0",
                "control_input { control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_INT32 } }|control_input: the tensor's name is missing",
                "control_input { name: \"C\" }|control_input 'C' has 0 controls; give each tensor exactly one",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_INT32 } } control_input { name: \"D\" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_INT32 } }|sequence batching specifies multiple CONTROL_SEQUENCE_CORRID tensors",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_FP32 } }|unexpected data type for control CONTROL_SEQUENCE_CORRID. Allowed data types are TYPE_UINT64",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_CORRID } }|control_input 'C': data_type is missing",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_CORRID data_type: TYPE_INT32 bool_false_true: true } }|CONTROL_SEQUENCE_CORRID has no values for false and true",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_START } }|specify either 'int32_false_true', 'fp32_false_true' or 'bool_false_true' for CONTROL_SEQUENCE_START",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_END int32_false_true: [0, 1] fp32_false_true: [0, 1] } }|specify only one of 'int32_false_true', 'fp32_false_true' or 'bool_false_true'",
                "control_input { name: \"C\" control { kind: CONTROL_SEQUENCE_READY int32_false_true: 1 } }|must be exactly 2 entries, got 1",
                "control_input { name: \"C\" control { kind: 9 } }|kind 9 is unknown; use one of its names",
                "state { output_name: \"O\" data_type: TYPE_FP32 dims: 1 }|state: the tensor's name is missing",
                "state { input_name: \"S\" data_type: TYPE_FP32 dims: 1 }|state input 'S': output_name is missing",
                "state { input_name: \"S\" output_name: \"O\" dims: 1 }|state input 'S': data_type is missing",
                "state { input_name: \"S\" output_name: \"O\" data_type: TYPE_FP32 dims: -2 }|dims hold -2; a dimension is at least -1",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 1 } state { input_name: \"S\" output_name: \"Q\" data_type: TYPE_FP32 dims: 1 }|state 'S' is named twice",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 1 initial_state { name: \"i\" data_type: TYPE_INT32 dims: 1 zero_data: true } }|the data type used for 'initial_state' does not match",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 1 initial_state { data_type: TYPE_FP32 dims: 1 zero_data: true } }|field 'name' must be set when using initial_state",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 1 initial_state { name: \"i\" data_type: TYPE_FP32 dims: 1 } }|initial_state must have zero_data or data_file",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: -1 initial_state { name: \"i\" data_type: TYPE_FP32 dims: -1 zero_data: true } }|initial_state dims [-1] do not match the state's dims [-1]",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 2 initial_state { name: \"i\" data_type: TYPE_FP32 dims: 3 zero_data: true } }|initial_state dims [3] do not match the state's dims [2]",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 2 initial_state { name: \"i\" data_type: TYPE_FP32 dims: [2, 1] zero_data: true } }|initial_state dims [2, 1] do not match the state's dims [2]",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 1 initial_state { name: \"i\" data_type: TYPE_FP32 dims: 1 data_file: \"../x\" } }|data_file '../x' leads out of the model's folder initial_state",
                "state { input_name: \"S\" output_name: \"P\" data_type: TYPE_FP32 dims: 1 initial_state { name: \"i\" data_type: TYPE_FP32 dims: 1 data_file: \"\" } }|data_file '' leads out of the model's folder initial_state"
            })
    void oneProblem_isNamedWithLineAndRemedy(String text, String problem) {
        InvalidModelConfigException fault = catchThrowableOfType(
                InvalidModelConfigException.class, () -> read(TENSORS + "sequence_batching { " + text + " }"));

        assertThat(fault.problems())
                .anySatisfy(
                        each -> assertThat(each).startsWith("config.pbtxt:5: ").contains(problem));
    }
}
