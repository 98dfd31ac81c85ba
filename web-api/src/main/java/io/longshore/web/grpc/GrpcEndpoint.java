package io.longshore.web.grpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.InferenceService;
import io.longshore.inference.LogControl;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ReadinessFeed;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.TraceControl;
import io.longshore.inference.Tracer;
import io.longshore.inference.WireSettings;
import io.longshore.protocol.tls.TlsFileException;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudget;
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
    private LogControl log;

    @Inject
    private MemoryBudget budget;

    @Inject
    private ReadinessFeed feed;

    @Inject
    private Tracer tracer;

    @Inject
    private TraceControl traces;

    @Inject
    private WebSettings settings;

    @Inject
    private ThreadFactory threads;

    private @Nullable GrpcServer server;

    private @Nullable ServerHealth health;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        WireSettings wire = settings.get();
        WireSettings.Grpc grpc = wire.grpc();
        if (!grpc.enabled()) {
            return;
        }
        ServerHealth watched = new ServerHealth(status, feed, threads);
        try {
            server = GrpcServer.start(
                    grpc, AccessInterceptor.guard(grpc.access(), services(wire, watched)), budget, threads);
            health = watched;
            LOG.log(Level.INFO, "gRPC is served at " + grpc.address() + ":" + grpc.port() + security(grpc.transport()));
        } catch (IOException | TlsFileException e) {
            watched.close();
            LOG.log(Level.ERROR, "gRPC is not served: " + reason(e, grpc));
        }
    }

    private static String security(GrpcTransport transport) {
        return transport
                .tls()
                .map(tls -> tls.clientRoots().isPresent() ? " with TLS and certificates of clients" : " with TLS")
                .orElse("");
    }

    private List<ServerServiceDefinition> services(WireSettings wire, ServerHealth watched) {
        return services(
                new Descriptions(status, wire),
                new RepositoryCalls(control),
                new SharedMemoryCalls(shared),
                new TraceCalls(traces),
                new LogSettingsCalls(log),
                InferParts.of(service, status, allocator, shared, wire)
                        .compressing(wire.grpc().transport().compression())
                        .traced(tracer),
                status,
                watched);
    }

    /** Everything that the port serves. */
    static List<ServerServiceDefinition> services(
            Descriptions descriptions,
            RepositoryCalls repository,
            SharedMemoryCalls shared,
            TraceCalls traces,
            LogSettingsCalls log,
            InferParts infer,
            ServerStatus status,
            ServerHealth health) {
        BindableService reflection = ProtoReflectionServiceV1.newInstance();
        return List.of(
                V2Service.of(descriptions, new StatisticsMessages(status), repository, shared, traces, log, infer),
                health.bindService(),
                reflection.bindService(),
                oldReflection().bindService());
    }

    // Deprecated for v1; tools of some years ago ask for nothing else.
    @SuppressWarnings("deprecation")
    private static BindableService oldReflection() {
        return ProtoReflectionService.newInstance();
    }

    private static String reason(Exception failure, WireSettings.Grpc grpc) {
        if (failure instanceof TlsFileException) {
            return String.valueOf(failure.getMessage());
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return "cannot listen on " + grpc.address() + ":" + grpc.port() + " (" + cause.getMessage()
                + "); choose another longshore.grpc.port or longshore.grpc.address, or set longshore.grpc.enabled=false";
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        GrpcServer running = server;
        ServerHealth watched = health;
        server = null;
        health = null;
        // First those who watch, because their calls would keep the port open.
        if (watched != null) {
            watched.close();
        }
        if (running != null) {
            running.close();
        }
    }
}
