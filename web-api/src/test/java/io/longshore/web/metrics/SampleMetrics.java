package io.longshore.web.metrics;

import io.longshore.inference.FailureReason;
import io.longshore.inference.LatencyCounts;
import io.longshore.inference.LearnedBatching;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Caching;
import io.longshore.inference.ModelStatistics.Compute;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.LatencyFamily;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a version could have counted. */
final class SampleMetrics {
    private static final LatencyCounts REQUESTS =
            new LatencyCounts(LatencyFamily.REQUEST, List.of(0.001, 0.5), List.of(3L, 2L, 1L), 1_500_000_000);
    private static final LatencyCounts FIRST =
            new LatencyCounts(LatencyFamily.FIRST_RESPONSE, List.of(100.0), List.of(4L, 0L), 5_000_000);

    private SampleMetrics() {}

    static ModelMetrics model(String name, long version) {
        return model(config(name, false), version);
    }

    /** One of a model that asks for the response cache. */
    static ModelMetrics cached(String name) {
        return model(config(name, true), 1);
    }

    private static ModelMetrics model(ModelConfig config, long version) {
        ModelStatistics statistics = new ModelStatistics(
                config.name(),
                version,
                OptionalLong.empty(),
                9,
                5,
                new Total(6, 1_500_000_999),
                new Total(2, 7),
                new Total(0, 0),
                new Total(6, 12_345),
                new Compute(5, 2_000, 8_000, 3_999),
                new Caching(new Total(4, 9_000), new Total(5, 7_999)),
                List.of());
        return new ModelMetrics(
                config,
                statistics,
                Map.of(FailureReason.BACKEND, 2L),
                List.of(REQUESTS, FIRST),
                7,
                11,
                Duration.ofMillis(250),
                Optional.of(new LearnedBatching(8, 5e6, 1e5)));
    }

    private static ModelConfig config(String name, boolean cached) {
        try {
            return ModelConfig.builder(name)
                    .backend("java")
                    .responseCache(cached)
                    .inputs(List.of(ModelInput.of("IN", DataType.INT8, -1L)))
                    .outputs(List.of(ModelOutput.of("OUT", DataType.FP32, 2L)))
                    .metricTag("team", "search")
                    .build();
        } catch (InvalidModelConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
