package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Caching;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatisticsEncoderTest {
    @Test
    void statistics_haveTheFieldsOfTheExtension() {
        ModelStatistics model = new ModelStatistics(
                "m",
                3,
                OptionalLong.of(3_000_000),
                5,
                2,
                new Total(2, 40),
                new Total(1, 7),
                new Total(1, 9),
                new Total(2, 10),
                new Compute(2, 4, 20, 6),
                new Caching(new Total(6, 60), new Total(3, 33)),
                List.of(new ModelStatistics.Batch(4, new Compute(2, 4, 20, 6))));

        assertThat(new String(StatisticsEncoder.encode(List.of(model), 1_700_000_000_003L), StandardCharsets.UTF_8))
                .isEqualTo("{\"model_stats\":[{\"name\":\"m\",\"version\":\"3\",\"last_inference\":1700000000000,"
                        + "\"inference_count\":5,\"execution_count\":2,\"inference_stats\":{"
                        + "\"success\":{\"count\":2,\"ns\":40},\"fail\":{\"count\":1,\"ns\":7},"
                        + "\"queue\":{\"count\":2,\"ns\":10},\"compute_input\":{\"count\":2,\"ns\":4},"
                        + "\"compute_infer\":{\"count\":2,\"ns\":20},\"compute_output\":{\"count\":2,\"ns\":6},"
                        + "\"cache_hit\":{\"count\":6,\"ns\":60},\"cache_miss\":{\"count\":3,\"ns\":33}},"
                        + "\"response_stats\":{},\"batch_stats\":[{\"batch_size\":4,"
                        + "\"compute_input\":{\"count\":2,\"ns\":4},\"compute_infer\":{\"count\":2,\"ns\":20},"
                        + "\"compute_output\":{\"count\":2,\"ns\":6}}],\"memory_usage\":[]}]}");
    }

    @Test
    void noModels_areAnEmptyList() {
        assertThat(new String(StatisticsEncoder.encode(List.of(), 0), StandardCharsets.UTF_8))
                .isEqualTo("{\"model_stats\":[]}");
    }
}
