package io.longshore.schedule;

/**
 * How soon the next request comes where a batch could wait for it: counted from when an instance became idle, or from the first
 * arrival after that where nothing waited yet. Requests come in bursts with long pauses between them, so a mean would say
 * little: waits beyond a horizon count as pauses, and only those within it are averaged. Pure and not thread-safe.
 */
final class Arrivals {
    private static final double WEIGHT = 1.0 / 32;

    /** How much of the past in-flight peak is left after each execution. */
    private static final double DECAY = 15.0 / 16;

    private double shareSoon;
    private double distance;
    private double peak;

    /** From when on a batch could have waited since the instance became idle; what comes next ends that. */
    private long begin;

    private boolean begun;
    private boolean ended;

    /**
     * Notes an arrival.
     *
     * @param now no earlier than the last
     * @param horizon nanoseconds beyond which it was not worth waiting for
     */
    void arrived(long now, double horizon) {
        if (!begun) {
            begun = true;
            begin = now;
        } else if (!ended) {
            ended = true;
            count(now - begin, horizon);
        }
    }

    private void count(long waited, double horizon) {
        boolean soon = (double) waited < horizon;
        shareSoon += WEIGHT * ((soon ? 1 : 0) - shareSoon);
        if (soon) {
            distance += WEIGHT * ((double) waited - distance);
        }
    }

    /**
     * Notes that an instance became idle.
     *
     * @param horizon nanoseconds beyond which an arrival was not worth waiting for
     * @param waiting rows that wait for it
     * @param atOnce how many there were at once, waiting and running, while it was at work
     */
    void idle(long now, double horizon, long waiting, long atOnce) {
        if (begun && !ended && (double) (now - begin) >= horizon) {
            count(now - begin, horizon);
        }
        begun = waiting > 0;
        begin = now;
        ended = false;
        peak = Math.max((double) atOnce, DECAY * peak);
    }

    /**
     * Nanoseconds of waiting that the next row costs, tries that are given up included; very many where none is to be expected.
     *
     * @param patience when a try is given up
     */
    double expected(double patience) {
        return shareSoon < WEIGHT ? Double.MAX_VALUE : distance + patience * (1 - shareSoon) / shareSoon;
    }

    /** The distance within a burst. */
    double distance() {
        return distance;
    }

    /** About the most rows that there are at once; who waits for more waits in vain where clients wait for their answers. */
    long peak() {
        return Math.round(peak);
    }
}
