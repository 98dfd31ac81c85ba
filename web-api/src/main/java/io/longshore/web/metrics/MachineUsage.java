package io.longshore.web.metrics;

import io.longshore.inference.Ticker;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How busy the machine is, as Linux tells it: what Triton shows. It is read when it is asked for, but not more often than
 * once an interval. Thread-safe.
 */
final class MachineUsage {
    private static final Logger LOG = System.getLogger(MachineUsage.class.getName());
    private static final long KIB = 1024;

    private final Path proc;
    private final Duration interval;
    private final Ticker ticker;
    private @Nullable Times before;
    private @Nullable Reading last;
    private long lastAt;

    /**
     * @param proc the {@code /proc} of the machine
     * @param interval how old a reading may be
     */
    MachineUsage(Path proc, Duration interval, Ticker ticker) {
        this.proc = proc;
        this.interval = interval;
        this.ticker = ticker;
        this.before = times();
    }

    /**
     * The machine at one moment.
     *
     * @param utilization part of the processors' time that was used since the reading before, 0 to 1
     * @param totalBytes its memory
     * @param usedBytes the memory in use: all that is not available
     */
    record Reading(double utilization, long totalBytes, long usedBytes) {}

    /** The processors' time so far, in ticks. */
    private record Times(long busy, long idle) {}

    /** The present reading; empty where the system is none that tells. */
    synchronized Optional<Reading> read() {
        long now = ticker.nanos();
        if (last == null || now - lastAt >= interval.toNanos()) {
            last = reading();
            lastAt = now;
        }
        return Optional.ofNullable(last);
    }

    private @Nullable Reading reading() {
        Times now = times();
        Times then = before;
        before = now;
        long total = memory("MemTotal");
        long available = memory("MemAvailable");
        if (now == null || then == null || total <= 0 || available < 0) {
            return null;
        }
        long busy = Math.max(0, now.busy - then.busy);
        long all = busy + Math.max(0, now.idle - then.idle);
        double same = last == null ? 0 : last.utilization;
        return new Reading(all == 0 ? same : (double) busy / all, total, Math.max(0, total - available));
    }

    /** The first line of stat: user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user and nice. */
    private @Nullable Times times() {
        try (Stream<String> lines = Files.lines(proc.resolve("stat"))) {
            String line = lines.findFirst().orElse("");
            long[] ticks = Arrays.stream(line.split(" +", -1))
                    .skip(1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            long idle = ticks[3] + ticks[4];
            return new Times(Arrays.stream(ticks, 0, 8).sum() - idle, idle);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "this system does not tell the processors' times", e);
            return null;
        }
    }

    /** A value of meminfo in bytes; -1 where there is none. */
    private long memory(String name) {
        try (Stream<String> lines = Files.lines(proc.resolve("meminfo"))) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "this system does not tell its memory", e);
            return -1;
        }
    }
}
