package io.longshore.bench.floor;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;

/** Starts with the application, as the engine's shell does. */
@Singleton
@Startup
public class FloorShell {
    private boolean started;

    /** Called by the container. */
    @PostConstruct
    public void start() {
        started = true;
    }

    /** Whether the application has started. */
    public boolean isStarted() {
        return started;
    }
}
