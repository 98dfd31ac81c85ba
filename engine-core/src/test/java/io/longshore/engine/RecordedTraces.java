package io.longshore.engine;

import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceEvent;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceOutput;
import io.longshore.trace.TraceOutputs;
import io.longshore.trace.TraceSettings;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps complete traces, and the settings of the outputs that were opened and closed. Thread-safe. */
public final class RecordedTraces implements TraceOutputs {
    /** The roots of complete traces. */
    public final List<RequestTrace> roots = new CopyOnWriteArrayList<>();

    private final AtomicLong complete = new AtomicLong();
    final List<TraceSettings> opened = new CopyOnWriteArrayList<>();
    final List<TraceSettings> closed = new CopyOnWriteArrayList<>();

    /** Each request is traced, with everything that can be recorded. */
    public static final TraceSettings EVERY =
            new TraceSettings(Set.of(TraceLevel.values()), 1, Integer.MAX_VALUE, 0, "trace.json", TraceMode.TRITON);

    /** A registry that writes here; it knows every model. */
    public TraceRegistry registry(TraceSettings settings) {
        return new TraceRegistry(settings, this, model -> true);
    }

    /** Forgets the traces themselves. */
    public void forget() {
        roots.clear();
    }

    /** How many traces have begun since the start with {@link #EVERY} and are not complete. */
    public long unfinished(TraceRegistry registry) {
        return EVERY.count() - registry.settings("").count() - complete.get();
    }

    @Override
    public TraceOutput open(TraceSettings settings) {
        opened.add(settings);
        return new TraceOutput() {
            @Override
            public void accept(RequestTrace root) {
                roots.add(root);
                complete.incrementAndGet();
            }

            @Override
            public void close() {
                closed.add(settings);
            }
        };
    }

    /** The names of the moments of a trace, in their order. */
    public static List<String> moments(RequestTrace trace) {
        return trace.events().stream()
                .filter(TraceEvent.Moment.class::isInstance)
                .map(event -> ((TraceEvent.Moment) event).activity())
                .toList();
    }
}
