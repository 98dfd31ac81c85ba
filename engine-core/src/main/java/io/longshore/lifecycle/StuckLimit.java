package io.longshore.lifecycle;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.schedule.StuckWatch;
import java.time.Duration;
import java.util.List;

/** How long an execution of a model may take before its instance counts as stuck. */
final class StuckLimit {
    /** The parameter of a model's configuration: milliseconds, 0 = never. */
    static final String PARAMETER = "longshore.stuck_after_ms";

    private StuckLimit() {}

    /**
     * The watch over a version.
     *
     * @param preset for models whose configuration says nothing; zero = never
     * @throws InvalidModelConfigException if the configuration's value is none
     */
    static StuckWatch watch(ModelConfig config, Duration preset, Delayer delayer, Ticker ticker)
            throws InvalidModelConfigException {
        String stated = config.parameters().get(PARAMETER);
        Duration limit = stated == null ? preset : Duration.ofMillis(millis(config.name(), stated));
        return limit.isZero() ? StuckWatch.blind() : StuckWatch.of(config.name(), limit, delayer, ticker);
    }

    private static long millis(String model, String text) throws InvalidModelConfigException {
        try {
            return Integer.parseUnsignedInt(text.strip()) & 0xffff_ffffL;
        } catch (NumberFormatException e) {
            throw new InvalidModelConfigException(List.of("model '" + model + "': parameter " + PARAMETER
                    + " is a number of milliseconds from 0, which is never, to 4294967295, got '" + text + "'"));
        }
    }
}
