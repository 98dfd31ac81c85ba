package io.longshore.bench.openloop;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** When requests are meant to be sent. */
final class Arrivals {
    private Arrivals() {}

    /**
     * A Poisson process: the gaps between requests are independent and exponentially distributed.
     *
     * @param rate requests a second on average
     * @param duration the time that the arrivals fall in
     * @param seed the same seed gives the same arrivals
     * @return nanoseconds since the start, ascending
     */
    static long[] poisson(double rate, Duration duration, long seed) {
        if (!(rate > 0)) {
            throw new IllegalArgumentException("a rate is greater than 0, not " + rate);
        }
        SplittableRandom random = new SplittableRandom(seed);
        LongStream.Builder times = LongStream.builder();
        double nanos = gap(rate, random);
        while (nanos < duration.toNanos()) {
            times.add((long) nanos);
            nanos += gap(rate, random);
        }
        return times.build().toArray();
    }

    /** Nanoseconds, by inversion: {@code -ln(1 - u) / rate} with u uniform in [0, 1). */
    private static double gap(double rate, SplittableRandom random) {
        return -Math.log1p(-random.nextDouble()) / rate * 1e9;
    }
}
