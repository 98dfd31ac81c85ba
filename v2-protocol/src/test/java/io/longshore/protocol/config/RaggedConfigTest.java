package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.RaggedBatching;
import io.longshore.model.RaggedBatching.BatchInput;
import io.longshore.model.RaggedBatching.BatchOutput;
import io.longshore.model.RaggedBatching.Kind;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RaggedConfigTest {
    private static final String TENSORS = """

            input [ { name: "A" data_type: TYPE_FP32 dims: [ -1 ] allow_ragged_batch: true },
                    { name: "B" data_type: TYPE_FP32 dims: [ -1 ] optional: true } ]
            output [ { name: "O" data_type: TYPE_FP32 dims: [ -1 ] }, { name: "P" data_type: TYPE_FP32 dims: [ 1 ] } ]
            """;

    private static ModelConfig build(String text) throws InvalidModelConfigException {
        return new ModelConfigReader()
                .read("m", text, "config.pbtxt")
                .config()
                .backend("b")
                .build();
    }

    @Test
    void raggedBatching_isReadWhole() throws InvalidModelConfigException {
        ModelConfig config = build("max_batch_size: 8" + TENSORS + """
                batch_input [ { kind: BATCH_ACCUMULATED_ELEMENT_COUNT target_name: [ "X", "Y" ] data_type: TYPE_FP32
                                source_input: "A" },
                              { kind: BATCH_ITEM_SHAPE target_name: "Z" data_type: TYPE_INT32 source_input: "A" } ]
                batch_output [ { kind: BATCH_SCATTER_WITH_INPUT_SHAPE target_name: "O" source_input: "A" } ]
                """);

        assertThat(config.ragged())
                .contains(new RaggedBatching(
                        Set.of("A"),
                        List.of(
                                new BatchInput(
                                        Kind.BATCH_ACCUMULATED_ELEMENT_COUNT, List.of("X", "Y"), DataType.FP32, "A"),
                                new BatchInput(Kind.BATCH_ITEM_SHAPE, List.of("Z"), DataType.INT32, "A")),
                        List.of(new BatchOutput(List.of("O"), "A"))));
    }

    @Test
    void modelWithoutIt_hasNone() throws InvalidModelConfigException {
        assertThat(build("max_batch_size: 8" + TENSORS.replace("true", "false")).ragged())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            batch_input { target_name: 'X' data_type: TYPE_FP32 } | "config.pbtxt:5: batch_input: batch input kind 'BATCH_ELEMENT_COUNT' expects 1 source input, got 0"
            batch_input { data_type: TYPE_FP32 source_input: 'A' } | batch_input: target_name is missing
            batch_input { target_name: 'X' source_input: 'A' } | batch_input: data_type is missing
            batch_input { target_name: 'X' data_type: TYPE_INT64 source_input: 'A' } | batch input data type must be TYPE_INT32 or TYPE_FP32
            batch_input { target_name: 'X' data_type: TYPE_INT32 source_input: 'C' } | unknown source input name 'C'
            batch_input { target_name: 'A' data_type: TYPE_INT32 source_input: 'A' } | "batch_input: 'A' is given to the model twice"
            batch_input { target_name: 'X' data_type: TYPE_INT32 source_input: 'B' } | "input 'B' is optional, which is not supported"
            batch_input { kind: 9 target_name: 'X' data_type: TYPE_INT32 source_input: 'A' } | unknown batch input kind '9'
            batch_output { target_name: 'O' } | "batch output kind 'BATCH_SCATTER_WITH_INPUT_SHAPE' expects 1 source input, got 0"
            batch_output { target_name: 'Q' source_input: 'A' } | unknown target output name 'Q'
            batch_output { target_name: [ 'O', 'O' ] source_input: 'A' } | target output name 'O' can only be specified once
            """, quoteCharacter = '"')
    void wrongRaggedBatching_isRefused(String fields, String problem) {
        assertThatThrownBy(() -> build("max_batch_size: 8" + TENSORS + fields))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            max_batch_size: 0 | max_batch_size is at least 1, got 0
            max_batch_size: 8 sequence_batching { } | are for models without sequence_batching
            max_batch_size: 8 dynamic_batching { } parameters { key: "longshore.padding" value { string_value: "A=0" } } | longshore.padding and allow_ragged_batch exclude each other
            """)
    void whatRaggedBatchingDoesNotGoWith_isRefused(String fields, String problem) {
        assertThatThrownBy(() -> build(fields + TENSORS))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(problem);
    }
}
