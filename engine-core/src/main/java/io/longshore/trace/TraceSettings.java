package io.longshore.trace;

import java.util.Set;
import java.util.TreeSet;

/**
 * Which requests are traced, and how (V2 trace extension).
 *
 * @param levels what is recorded; empty = nothing is traced
 * @param rate of how many requests one is traced; 0 = none but those whose callers trace them
 * @param count how many more are traced; -1 = any number
 * @param logFrequency how many traces make a file; 0 = one file for all
 * @param file the file, or what the names of all files begin with; empty = none
 * @param mode where traces go
 */
public record TraceSettings(
        Set<TraceLevel> levels, long rate, long count, long logFrequency, String file, TraceMode mode) {
    /** {@link #count} where there is no limit. */
    public static final long UNLIMITED = -1;

    /** Triton's defaults: nothing is traced. */
    public static final TraceSettings OFF = new TraceSettings(Set.of(), 1000, UNLIMITED, 0, "", TraceMode.TRITON);

    public TraceSettings {
        levels = Set.copyOf(levels);
        if (rate < 0 || count < UNLIMITED || logFrequency < 0) {
            throw new IllegalArgumentException(
                    "rate and log frequency are at least 0 and the count is at least -1, got " + rate + ", "
                            + logFrequency + " and " + count);
        }
    }

    /** Whether anything is to be traced. */
    public boolean isOn() {
        return !levels.isEmpty();
    }

    /** Why nothing can be traced although it is to be; empty = it can. */
    public String problem() {
        if (!isOn() || mode == TraceMode.OPENTELEMETRY) {
            return "";
        }
        if (rate == 0) {
            return "sample rate must be non-zero";
        }
        return file.isEmpty() ? "trace file name is not given" : "";
    }

    /** The levels that have an effect: spans have moments and nothing else. */
    public Set<TraceLevel> recordedLevels() {
        return mode == TraceMode.OPENTELEMETRY && isOn() ? Set.of(TraceLevel.TIMESTAMPS) : levels;
    }

    /** The levels in their order. */
    public Set<TraceLevel> sortedLevels() {
        return new TreeSet<>(levels);
    }

    /** These settings with another number of traces to go. */
    public TraceSettings withCount(long value) {
        return new TraceSettings(levels, rate, value, logFrequency, file, mode);
    }
}
