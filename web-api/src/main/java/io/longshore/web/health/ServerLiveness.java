package io.longshore.web.health;

import io.longshore.inference.ServerStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Whether the process works; if not, it must be restarted. */
@Liveness
@ApplicationScoped
public class ServerLiveness implements HealthCheck {
    @Inject
    private ServerStatus status;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("engine").status(status.isLive()).build();
    }
}
