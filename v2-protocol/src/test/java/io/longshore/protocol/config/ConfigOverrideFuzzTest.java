package io.longshore.protocol.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;

/**
 * Overrides of any text: only {@link InvalidModelConfigException} with a problem may come out, and what is read can be shown.
 * Replays its corpus in a normal run; searches for more under the profile {@code fuzz}.
 */
class ConfigOverrideFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyText_isReadAndShownOrRefused(FuzzedDataProvider data) {
        try {
            ModelConfig config = new ModelConfigReader()
                    .readOverride("m", data.consumeRemainingAsString())
                    .config()
                    .build();
            ConfigJson.of(config);
        } catch (InvalidModelConfigException e) {
            if (e.problems().isEmpty()) {
                throw new AssertionError("refused without a problem", e);
            }
        }
    }
}
