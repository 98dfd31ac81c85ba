package io.longshore.inference;

import java.time.Duration;

/**
 * What is shown as metrics, and where.
 *
 * @param enabled whether there are any
 * @param address the host name or address to listen on; {@code *} = all
 * @param port the port to listen on, 0 = any free one
 * @param interval how old readings of the machine may be
 * @param machine whether processors and memory of the machine are shown
 * @param latencyCounters whether Triton's summed durations are shown
 * @param latencyHistograms whether Triton's histogram of first responses is shown
 */
public record MetricsSettings(
        boolean enabled,
        String address,
        int port,
        Duration interval,
        boolean machine,
        boolean latencyCounters,
        boolean latencyHistograms) {}
