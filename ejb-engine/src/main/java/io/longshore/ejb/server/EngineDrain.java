package io.longshore.ejb.server;

import io.longshore.ejb.process.Drainable;
import io.longshore.engine.InferenceEngine;
import java.util.concurrent.CompletionStage;

/**
 * The engine as something to drain.
 *
 * @param engine the engine
 */
record EngineDrain(InferenceEngine engine) implements Drainable {
    @Override
    public void announceEnd() {
        engine.announceStop();
    }

    @Override
    public CompletionStage<Void> drain() {
        return engine.stopAccepting();
    }
}
