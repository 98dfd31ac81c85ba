package io.longshore.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.DynamicBatching;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
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
}
