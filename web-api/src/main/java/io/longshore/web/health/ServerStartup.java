package io.longshore.web.health;

import io.longshore.inference.ServerStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Whether the first round of loading is over, whatever came of it. */
@Startup
@ApplicationScoped
public class ServerStartup implements HealthCheck {
    @Inject
    private ServerStatus status;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("first-load")
                .status(status.isStarted())
                .build();
    }
}
