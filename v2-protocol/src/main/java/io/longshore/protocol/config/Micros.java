package io.longshore.protocol.config;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Microseconds as configurations state them. */
final class Micros {
    private static final long MOST = TimeUnit.DAYS.toMicros(36_500);

    private Micros() {}

    /** Unsigned; what is longer than a hundred years counts as that. */
    static Duration duration(long unsigned) {
        long micros = unsigned < 0 ? MOST : Math.min(unsigned, MOST);
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }
}
