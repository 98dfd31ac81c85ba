package io.longshore.inference;

import org.jspecify.annotations.Nullable;

/**
 * Where the answers to one request go. Calls do not overlap, and exactly one of them is the end: an {@code onResponse}
 * with {@code isFinal}, or {@code onError}. They may come on any thread, also before {@link InferenceService#infer} has
 * returned. A sink must not block for long. It may call
 * the engine, also on the same request; no lock is held meanwhile. It should not throw: what it throws is logged and
 * changes nothing, and the response it was given still counts as taken.
 */
public interface ResponseSink {
    /**
     * Why this sink does not take the answers of a decoupled model, of which there may be any number; null where it does.
     * Asked before such a model runs, which it then does not.
     */
    default @Nullable InferenceException refusalOfDecoupled() {
        return null;
    }

    /**
     * A response. The sink owns it from now on and releases it.
     *
     * @param isFinal whether it is the last one
     */
    void onResponse(InferenceResponse response, boolean isFinal);

    /** The request failed; responses before it stay valid. */
    void onError(InferenceException failure);
}
