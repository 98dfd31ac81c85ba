package io.longshore.engine;

import io.longshore.inference.Delayer;
import io.longshore.inference.Ticker;
import java.util.concurrent.Executor;

/**
 * The threads and the clock that the engine's host lends to it and takes back after {@link InferenceEngine#close}.
 *
 * @param inference runs models, and code inside models
 * @param loading loads models, as many at once as it has threads, and closes them
 * @param delayer for deadlines and polling
 * @param ticker the clock of {@code delayer}
 */
public record EngineThreads(Executor inference, Executor loading, Delayer delayer, Ticker ticker) {}
