package io.longshore.web.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.longshore.inference.InferenceService;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.WireSettings;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.web.WebSettings;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Opens the gRPC endpoint with the web module and closes it at the module's end, while the engine still works. */
public class GrpcEndpoint implements ServletContextListener {
    private static final Logger LOG = System.getLogger(GrpcEndpoint.class.getName());

    @Inject
    private InferenceService service;

    @Inject
    private ServerStatus status;

    @Inject
    private ModelControl control;

    @Inject
    private MemoryAllocator allocator;

    @Inject
    private SharedMemory shared;

    @Inject
    private WebSettings settings;

    @Inject
    private ThreadFactory threads;

    private @Nullable GrpcServer server;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        WireSettings wire = settings.get();
        WireSettings.Grpc grpc = wire.grpc();
        if (!grpc.enabled()) {
            return;
        }
        try {
            server = GrpcServer.start(grpc, services(wire), threads);
            LOG.log(Level.INFO, "gRPC is served at " + grpc.address() + ":" + grpc.port());
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    "gRPC is not served: cannot listen on " + grpc.address() + ":" + grpc.port() + " (" + reason(e)
                            + "); choose another longshore.grpc.port or longshore.grpc.address, or set"
                            + " longshore.grpc.enabled=false");
        }
    }

    private List<ServerServiceDefinition> services(WireSettings wire) {
        return services(
                new Descriptions(status, wire),
                new RepositoryCalls(control),
                new SharedMemoryCalls(shared),
                InferParts.of(service, status, allocator, shared, wire),
                status);
    }

    /** Everything that the port serves. */
    static List<ServerServiceDefinition> services(
            Descriptions descriptions,
            RepositoryCalls repository,
            SharedMemoryCalls shared,
            InferParts infer,
            ServerStatus status) {
        BindableService reflection = ProtoReflectionServiceV1.newInstance();
        return List.of(
                V2Service.of(descriptions, new StatisticsMessages(status), repository, shared, infer),
                new ServerHealth(status).bindService(),
                reflection.bindService(),
                oldReflection().bindService());
    }

    // Deprecated for v1; tools of some years ago ask for nothing else.
    @SuppressWarnings("deprecation")
    private static BindableService oldReflection() {
        return ProtoReflectionService.newInstance();
    }

    private static String reason(IOException failure) {
        Throwable cause = failure.getCause();
        return String.valueOf((cause == null ? failure : cause).getMessage());
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        GrpcServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
    }
}
