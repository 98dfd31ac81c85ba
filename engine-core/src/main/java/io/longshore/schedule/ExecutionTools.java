package io.longshore.schedule;

import io.longshore.inference.InferenceContext;
import io.longshore.inference.Ticker;
import java.util.function.Function;

/**
 * What every execution of a model needs. Thread-safe, as its parts are.
 *
 * @param shaper makes responses of a backend's outputs
 * @param contexts makes the context of a request for code inside the model
 * @param ticker tells how long what took
 * @param statistics counts what requests come to
 * @param watch sees which instances are stuck; closed by the scheduler
 * @param capacity says when background work may run
 */
public record ExecutionTools(
        ResponseShaper shaper,
        Function<PendingRequest, InferenceContext> contexts,
        Ticker ticker,
        ExecutionStatistics statistics,
        StuckWatch watch,
        SpareCapacity capacity) {
    /** Tools without an eye on instances that are stuck, and on what else runs. */
    public ExecutionTools(
            ResponseShaper shaper,
            Function<PendingRequest, InferenceContext> contexts,
            Ticker ticker,
            ExecutionStatistics statistics) {
        this(shaper, contexts, ticker, statistics, StuckWatch.blind(), SpareCapacity.unlimited());
    }
}
