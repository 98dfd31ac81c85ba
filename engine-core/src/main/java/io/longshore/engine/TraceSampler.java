package io.longshore.engine;

import io.longshore.trace.CallerTrace;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceSettings;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Picks requests for one set of settings. Traces that it has begun stay with it when the settings change, as in Triton.
 * Thread-safe, without a lock.
 */
final class TraceSampler implements AutoCloseable {
    private final TraceSettings settings;
    private final LongSupplier ids;
    private final @Nullable TraceOutput output;
    private final Set<TraceLevel> recorded;
    private final AtomicLong seen = new AtomicLong();
    private final AtomicLong left;

    /**
     * @param ids gives traces their numbers
     * @param output closed with this; null = the settings cannot trace
     */
    TraceSampler(TraceSettings settings, LongSupplier ids, @Nullable TraceOutput output) {
        this.settings = settings;
        this.ids = ids;
        this.output = output;
        this.left = new AtomicLong(settings.count());
        this.recorded = settings.recordedLevels();
    }

    /** Whether requests can be traced at all. */
    boolean isOn() {
        return output != null;
    }

    /** The settings as they were when they came into effect. */
    TraceSettings initial() {
        return settings;
    }

    /** The settings, with the number of traces that are still to go. */
    TraceSettings settings() {
        return settings.withCount(left.get());
    }

    /** Begins the trace of a request to a model if it is to have one. */
    @Nullable
    RequestTrace begin(String model, @Nullable CallerTrace caller) {
        return output != null && isTaken(caller) ? RequestTrace.begin(model, ids, recorded, caller, output) : null;
    }

    /** Whoever sends a context has decided; files have no place for it, so there it says nothing. */
    private boolean isTaken(@Nullable CallerTrace caller) {
        if (caller != null && settings.mode() == TraceMode.OPENTELEMETRY) {
            return caller.sampled();
        }
        return isNext() && isOneLeft();
    }

    private boolean isNext() {
        return settings.rate() > 0 && seen.incrementAndGet() % settings.rate() == 0;
    }

    private boolean isOneLeft() {
        return left.getAndUpdate(count -> count > 0 ? count - 1 : count) != 0;
    }

    @Override
    public void close() {
        if (output != null) {
            output.close();
        }
    }
}
