package io.longshore.engine;

import io.longshore.lifecycle.ModelHandle;
import io.longshore.schedule.RequestHold;

/** Keeps a version loaded, and its user counted among those in flight. Thread-safe. */
final class EngineHold implements RequestHold {
    private final ModelHandle handle;
    private final InFlight inFlight;

    /**
     * @param handle closed at the end
     * @param inFlight entered for this hold, and left at its end
     */
    EngineHold(ModelHandle handle, InFlight inFlight) {
        this.handle = handle;
        this.inFlight = inFlight;
    }

    @Override
    public void end() {
        handle.close();
        inFlight.leave();
    }

    @Override
    public RequestHold another() {
        ModelHandle own = handle.another();
        inFlight.enterNested();
        return new EngineHold(own, inFlight);
    }
}
