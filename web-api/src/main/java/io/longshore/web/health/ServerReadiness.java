package io.longshore.web.health;

import io.longshore.inference.Readiness;
import io.longshore.inference.ServerStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether requests are welcome, with the reason where they are not. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class ServerReadiness implements HealthCheck {
    @Inject
    private ServerStatus status;

    @Override
    public HealthCheckResponse call() {
        Readiness readiness = status.readiness();
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("models").status(readiness.isReady());
        return (readiness.isReady() ? answer : answer.withData("reason", readiness.reason())).build();
    }
}
