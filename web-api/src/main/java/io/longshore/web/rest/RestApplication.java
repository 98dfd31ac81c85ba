package io.longshore.web.rest;

import io.longshore.inference.LogControl;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.TraceControl;
import io.longshore.web.WebSettings;
import io.longshore.web.metrics.MetricsPage;
import jakarta.inject.Inject;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;

/**
 * V2 REST. The resources are singletons, because JAX-RS makes a resource object for each request otherwise, and a CDI
 * proxy in front of each costs more still.
 */
@ApplicationPath("/")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Longshore",
                        version = "2",
                        description =
                                "Inference over the V2 protocol (Open Inference Protocol) with Triton's extensions.",
                        license = @License(name = "Apache-2.0")))
public class RestApplication extends Application {
    @Inject
    private ServerStatus status;

    @Inject
    private ModelControl control;

    @Inject
    private SharedMemory shared;

    @Inject
    private TraceControl traces;

    @Inject
    private LogControl log;

    @Inject
    private WebSettings settings;

    @Inject
    private MetricsPage metrics;

    @Override
    // Deprecated in favour of CDI scopes, whose proxies cost a seventh of the throughput in Liberty.
    @SuppressWarnings("deprecation")
    public Set<Object> getSingletons() {
        return Set.of(
                new ServerResource(status, settings.get()),
                new ModelResource(status),
                new V1Resource(status),
                new RepositoryResource(control),
                new SystemSharedMemoryResource(shared),
                new CudaSharedMemoryResource(shared),
                new TraceResource(traces),
                new ModelTraceResource(traces),
                new LoggingResource(log),
                new MetricsResource(metrics),
                new CompressedBodies(settings.get().maxInputSize()),
                new JsonErrors());
    }
}
