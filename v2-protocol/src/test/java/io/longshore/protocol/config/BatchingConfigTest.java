package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.DynamicBatching;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.model.Padding;
import io.longshore.model.QueuePolicy;
import io.longshore.model.QueuePolicy.TimeoutAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchingConfigTest {
    private static final String TENSORS = """

            input [ { name: "I" data_type: TYPE_FP32 dims: [ 3 ] } ]
            output [ { name: "O" data_type: TYPE_FP32 dims: [ 3 ] } ]
            """;

    private static ModelConfigReader.Result read(String text) throws InvalidModelConfigException {
        return new ModelConfigReader().read("m", text, "config.pbtxt");
    }

    @Test
    void dynamicBatching_isReadWhole() throws InvalidModelConfigException {
        ModelConfig config = read("""
                max_batch_size: 8
                dynamic_batching {
                  preferred_batch_size: [ 8, 4, 4 ]
                  max_queue_delay_microseconds: 100
                  priority_levels: 3
                  default_priority_level: 2
                  default_queue_policy { max_queue_size: 7 default_timeout_microseconds: 2000 timeout_action: DELAY }
                  priority_queue_policy { key: 1 value { max_queue_size: 1 } }
                }
                """ + TENSORS).config().backend("b").build();

        assertThat(config.queuePolicy()).isEqualTo(new QueuePolicy(7, Duration.ofMillis(2), TimeoutAction.DELAY));
        assertThat(config.dynamicBatching())
                .contains(new DynamicBatching(
                        List.of(4, 8),
                        Duration.ofNanos(100_000),
                        false,
                        3,
                        2,
                        Map.of(1, new QueuePolicy(1, Duration.ZERO))));
    }

    @Test
    void latencyGoal_standsForDynamicBatching() throws InvalidModelConfigException {
        String goal = "parameters { key: 'longshore.latency_goal_ms' value { string_value: '2.5' } }";

        DynamicBatching batching = read("max_batch_size: 8 " + goal + TENSORS)
                .config()
                .backend("b")
                .build()
                .dynamicBatching()
                .orElseThrow();
        assertThat(batching.latencyGoal()).isEqualTo(Duration.ofNanos(2_500_000));
        assertThat(batching.isAdaptive()).isTrue();
        assertThat(read("max_batch_size: 8 dynamic_batching { } " + goal + TENSORS)
                        .config()
                        .dynamicBatching())
                .contains(batching);
        ModelConfigReader.Result sequences = read("sequence_batching { } " + goal + TENSORS);
        assertThat(sequences.config().dynamicBatching()).isEmpty();
        assertThat(sequences.notes()).anyMatch(note -> note.contains("longshore.latency_goal_ms has no effect"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            max_batch_size: 8 | 0    | latency_goal_ms '0' is no number of milliseconds
            max_batch_size: 8 | soon | latency_goal_ms 'soon' is no number of milliseconds
            max_batch_size: 8 | -1   | latency_goal_ms '-1' is no number of milliseconds
            max_batch_size: 1 | 5    | max_batch_size is at least 2, got 1
            max_batch_size: 8 dynamic_batching { max_queue_delay_microseconds: 1 } | 5 | leave out preferred_batch_size
            """)
    void wrongLatencyGoal_isRefused(String config, String goal, String problem) {
        String text = config + " parameters { key: 'longshore.latency_goal_ms' value { string_value: '" + goal + "' } }"
                + TENSORS;

        assertThatThrownBy(() -> read(text).config().backend("b").build())
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            preferred_batch_size: 0                       | dynamic batching preferred size must be positive for m
            preferred_batch_size: 9                       | dynamic batching preferred size must be <= max batch size for m
            priority_levels: 2                            | default priority level must be in range [1, 2] for m
            priority_levels: 2 default_priority_level: 3  | default priority level must be in range [1, 2] for m
            priority_levels: 2 default_priority_level: 1 priority_queue_policy { key: 3 value {} } | priority queue policy must have priority level in range [1, 2] for m
            priority_levels: 2 default_priority_level: 1 preserve_ordering: true | Only one priority level is allowed when 'preserve_ordering' is true for m
            preserve_ordering: true default_queue_policy { timeout_action: DELAY default_timeout_microseconds: 1 } | Queue policy can not have DELAY as timeout action when 'preserve_ordering' is true for m
            priority_levels: 18446744073709551615         | priority_levels 18446744073709551615 is more than this server has
            default_queue_policy { timeout_action: 7 }    | timeout_action 7 is unknown; use REJECT or DELAY
            """)
    void wrongDynamicBatching_isRefused(String fields, String problem) {
        String text = "max_batch_size: 8 dynamic_batching { " + fields + " }" + TENSORS;

        assertThatThrownBy(() -> read(text).config().backend("b").build())
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(problem);
    }

    private static QueuePolicy queuePolicy(String text) throws InvalidModelConfigException {
        return read(text + TENSORS).config().backend("b").build().queuePolicy();
    }

    @Test
    void queueWithoutBounds_isLeftToTheServer() throws InvalidModelConfigException {
        assertThat(read(TENSORS).config().queuePolicy()).isEmpty();
        assertThat(read("dynamic_batching { }" + TENSORS).config().queuePolicy())
                .isEmpty();
    }

    @Test
    void queueWithoutBounds_hasTheDefault() throws InvalidModelConfigException {
        assertThat(queuePolicy("dynamic_batching { }")).isEqualTo(QueuePolicy.DEFAULT);
        assertThat(queuePolicy("dynamic_batching { default_queue_policy { max_queue_size: 4294967295"
                        + " default_timeout_microseconds: 18446744073709551615 } }"))
                .isEqualTo(new QueuePolicy(Integer.MAX_VALUE, Duration.ofDays(36_500)));
    }

    private static final String PADDED = """
            max_batch_size: 8 dynamic_batching { }
            input [ { name: "ids" data_type: TYPE_INT64 dims: [ -1 ] },
                    { name: "mask" data_type: TYPE_INT8 dims: [ 2, -1 ] },
                    { name: "all" data_type: TYPE_FP32 dims: [ -1, -1 ] },
                    { name: "text" data_type: TYPE_STRING dims: [ -1 ] } ]
            output [ { name: "vectors" data_type: TYPE_FP32 dims: [ -1, 4 ] },
                     { name: "square" data_type: TYPE_FP32 dims: [ -1, -1 ] },
                     { name: "pooled" data_type: TYPE_FP32 dims: [ 4 ] } ]
            """;

    private static String parameter(String key, String value) {
        return " parameters { key: 'longshore." + key + "' value { string_value: '" + value + "' } }";
    }

    @Test
    void padding_isReadWhole() throws InvalidModelConfigException {
        String text = PADDED
                + parameter("padding", " ids=1  mask=-128")
                + parameter("padding_buckets", "16, 32,64")
                + parameter("padding_outputs", "vectors");

        assertThat(read(text).config().backend("b").build().dynamicBatching().map(DynamicBatching::padding))
                .contains(new Padding(Map.of("ids", "1", "mask", "-128"), List.of(16L, 32L, 64L), List.of("vectors")));
    }

    @Test
    void paddingAlone_cropsWhatCanBeAndHasNoBuckets() throws InvalidModelConfigException {
        String text = "max_batch_size: 8 dynamic_batching { } input [ { name: 'I' data_type: TYPE_FP32 dims: [ -1 ] } ]"
                + " output [ { name: 'O' data_type: TYPE_FP32 dims: [ 2, -1 ] }, { name: 'P' data_type: TYPE_FP32 dims:"
                + " [ 2 ] } ]";

        ModelConfig config =
                read(text + parameter("padding", "I=0.5")).config().backend("b").build();
        Padding padding = config.dynamicBatching().map(DynamicBatching::padding).orElseThrow();
        assertThat(padding).isEqualTo(new Padding(Map.of("I", "0.5"), List.of(), null));
        assertThat(config.outputs())
                .filteredOn(padding::crops)
                .extracting(ModelOutput::name)
                .containsExactly("O");
    }

    @Test
    void paddingWithoutDynamicBatching_isNoted() throws InvalidModelConfigException {
        assertThat(read("max_batch_size: 8 " + parameter("padding", "I=0") + TENSORS)
                        .notes())
                .anyMatch(note -> note.contains("longshore.padding has no effect"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            padding | ids | 'config.pbtxt:9: parameters: longshore.padding has ''ids'', expected an input and its value'
            padding | =0 | expected an input and its value, such as input_ids=0
            padding | ids=0 ids=1 | longshore.padding names input 'ids' twice
            padding | ' ' | longshore.padding names no input
            padding | other=0 | 'longshore.padding names ''other'', which is no input of the model; its inputs are [ids, mask, all, text]'
            padding | ids=0.5 | 'longshore.padding has ''0.5'' for input ''ids'', which is no value of type INT64'
            padding | mask=128 | 'longshore.padding has ''128'' for input ''mask'', which is no value of type INT8'
            padding | all=0 | 'longshore.padding names input ''all'' with dims [-1, -1]; an input that is padded has exactly one'
            padding | text=0 | longshore.padding names input 'text' of type BYTES; only numbers can be padded
            padding | ids=0 | 'output ''square'' with dims [-1, -1] cannot be cut back'
            padding_buckets | 16 | longshore.padding_buckets needs longshore.padding
            padding_outputs | vectors | longshore.padding_outputs needs longshore.padding
            """)
    void wrongPadding_isRefused(String key, String value, String problem) {
        assertThatThrownBy(() -> read(PADDED + parameter(key, value))
                        .config()
                        .backend("b")
                        .build())
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            padding_buckets | 16,soon  | longshore.padding_buckets has 'soon', expected lengths such as 16,32,64
            padding_buckets | 0        | longshore.padding_buckets has '0', expected lengths such as 16,32,64
            padding_buckets | 32,16    | 'longshore.padding_buckets has 16 behind 32, expected ascending lengths'
            padding_outputs | none     | 'longshore.padding_outputs names ''none'', which is no output of the model; its outputs are'
            padding_outputs | pooled   | 'output ''pooled'' with dims [4] cannot be cut back'
            """)
    void wrongFurtherPadding_isRefused(String key, String value, String problem) {
        assertThatThrownBy(() -> read(PADDED + parameter("padding", "ids=0") + parameter(key, value))
                        .config()
                        .backend("b")
                        .build())
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void paddingOfAModelWithoutBatches_isRefused() {
        String text = "max_batch_size: 1 dynamic_batching { } input [ { name: 'I' data_type: TYPE_FP32 dims: [ -1 ] } ]"
                + " output [ { name: 'O' data_type: TYPE_FP32 dims: [ -1 ] } ]";

        assertThatThrownBy(() -> read(text + parameter("padding", "I=0"))
                        .config()
                        .backend("b")
                        .build())
                .hasMessageContaining(
                        "longshore.padding is for models that take batches: max_batch_size is at least 2, got 1");
    }
}
