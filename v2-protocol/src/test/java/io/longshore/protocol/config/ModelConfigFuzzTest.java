package io.longshore.protocol.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.longshore.model.InvalidModelConfigException;

/**
 * Files of any text: only {@link InvalidModelConfigException} with a problem may come out. Replays its corpus in a normal
 * run; searches for more under the profile {@code fuzz}.
 */
class ModelConfigFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyText_isReadOrRefused(FuzzedDataProvider data) {
        try {
            new ModelConfigReader().read("m", data.consumeRemainingAsString(), "config.pbtxt");
        } catch (InvalidModelConfigException e) {
            if (e.problems().isEmpty()) {
                throw new AssertionError("refused without a problem", e);
            }
        }
    }
}
