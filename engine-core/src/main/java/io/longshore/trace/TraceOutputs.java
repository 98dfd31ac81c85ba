package io.longshore.trace;

import org.jspecify.annotations.Nullable;

/** Makes outputs, one for each set of settings that comes into use. Thread-safe. */
@FunctionalInterface
public interface TraceOutputs {
    /** The output for settings without a {@linkplain TraceSettings#problem problem}; null = there is no place for traces. */
    @Nullable
    TraceOutput open(TraceSettings settings);
}
