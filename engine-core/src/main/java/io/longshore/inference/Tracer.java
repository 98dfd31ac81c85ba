package io.longshore.inference;

import io.longshore.trace.CallerTrace;
import io.longshore.trace.RequestTrace;
import org.jspecify.annotations.Nullable;

/** Decides which requests are traced. Thread-safe. */
public interface Tracer {
    /** Nothing is traced. */
    Tracer NONE = new Tracer() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public boolean heedsCallers() {
            return false;
        }

        @Override
        public @Nullable RequestTrace begin(String model, @Nullable CallerTrace caller) {
            return null;
        }
    };

    /** Whether any request may be traced; one volatile read, so that nothing else need be done for a trace that is not. */
    boolean isOn();

    /** Whether the trace that a caller's request is a part of matters, so that its headers need be read. */
    boolean heedsCallers();

    /**
     * Counts a request and begins its trace if it is to have one.
     *
     * @param model the name of the model wanted
     * @param caller the trace that the request is a part of; null = none
     * @return the trace, held for the caller, to be given to the engine with the request; null = none
     */
    @Nullable
    RequestTrace begin(String model, @Nullable CallerTrace caller);
}
