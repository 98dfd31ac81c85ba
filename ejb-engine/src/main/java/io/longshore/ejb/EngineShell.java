package io.longshore.ejb;

import io.longshore.ejb.config.ConfigReader;
import io.longshore.ejb.config.InvalidConfigException;
import io.longshore.ejb.config.LongshoreConfig;
import io.longshore.ejb.log.LogSwitch;
import io.longshore.ejb.process.ProcessExit;
import io.longshore.ejb.server.LongshoreServer;
import io.longshore.ejb.trace.SpanOutput;
import io.longshore.inference.InferenceService;
import io.longshore.inference.LogControl;
import io.longshore.inference.LogSettings;
import io.longshore.inference.MetricsSettings;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ReadinessFeed;
import io.longshore.inference.ServerMetrics;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.TraceControl;
import io.longshore.inference.Tracer;
import io.longshore.inference.WireSettings;
import io.longshore.spi.Backend;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryBudget;
import io.longshore.trace.TraceOutputs;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadFactory;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The engine's life in the container, and the place where its ports come from. What is injected is the engine itself, not
 * this bean: the producers are called once for each injection, and requests then go straight to the engine, past every
 * proxy, interceptor, lock and transaction of the container.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class EngineShell {
    private static final Logger LOG = System.getLogger(EngineShell.class.getName());

    // The container sets it before start(), which it calls before anything else, and which sets the server.
    @SuppressWarnings("NullAway.Init")
    @Resource
    private ManagedThreadFactory threadFactory;

    @SuppressWarnings("NullAway.Init")
    private LongshoreServer server;

    @SuppressWarnings("NullAway.Init")
    private LogSwitch log;

    /**
     * Puts the server together and has it load its models, without waiting for them.
     *
     * @throws InvalidConfigException if settings are invalid, so that the application does not start
     */
    @PostConstruct
    void start() {
        LongshoreConfig config = settings();
        log = log(config.logging());
        try {
            server = new LongshoreServer(config, threadFactory, backends(), spans(), ProcessExit.JVM);
            log.adopt();
            server.start();
        } catch (RuntimeException | Error e) {
            // Nobody stops an application that has not started, and the log outlives it.
            log.close();
            throw e;
        }
    }

    private static LongshoreConfig settings() {
        ConfigReader reader = new ConfigReader(ConfigProvider.getConfig());
        reader.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        try {
            return reader.read();
        } catch (InvalidConfigException e) {
            e.problems().forEach(problem -> LOG.log(Level.ERROR, problem));
            if (reader.exitsOnInvalidConfig()) {
                ProcessExit.JVM.exit(1);
            }
            throw e;
        }
    }

    private static LogSwitch log(LogSettings settings) {
        try {
            return LogSwitch.install(settings);
        } catch (IOException e) {
            throw new UncheckedIOException("longshore.log-file: " + settings.file() + " cannot be written to", e);
        }
    }

    private static List<Backend> backends() {
        ServiceLoader<Backend> found = ServiceLoader.load(Backend.class, EngineShell.class.getClassLoader());
        return found.stream().map(ServiceLoader.Provider::get).toList();
    }

    /** Where spans go, in a server with MicroProfile Telemetry, whose classes it shows to applications only then. */
    private static Optional<TraceOutputs> spans() {
        try {
            Class.forName("io.opentelemetry.api.OpenTelemetry", false, EngineShell.class.getClassLoader());
        } catch (ClassNotFoundException without) {
            return Optional.empty();
        }
        return Optional.of(
                SpanOutput.of(CDI.current().select(OpenTelemetry.class).get()));
    }

    /** Answers what was accepted, unloads all models and ends all threads. */
    @PreDestroy
    void stop() {
        try {
            server.close();
        } finally {
            log.close();
        }
    }

    /** Inference. */
    @Produces
    public InferenceService inferenceService() {
        return server.engine();
    }

    /** How the server and its models are. */
    @Produces
    public ServerStatus serverStatus() {
        return server.engine();
    }

    /** Changes of that. */
    @Produces
    public ReadinessFeed readinessFeed() {
        return server.engine();
    }

    /** Loading and unloading. */
    @Produces
    public ModelControl modelControl() {
        return server.engine();
    }

    /** Which requests are traced. */
    @Produces
    public Tracer tracer() {
        return server.traces();
    }

    /** Changes of that. */
    @Produces
    public TraceControl traceControl() {
        return server.traces();
    }

    /** What the log shows. */
    @Produces
    public LogControl logControl() {
        return log;
    }

    /** Memory for requests and responses. */
    @Produces
    public MemoryAllocator memoryAllocator() {
        return server.allocator();
    }

    /** Memory that clients share. */
    @Produces
    public SharedMemory sharedMemory() {
        return server.sharedMemory();
    }

    /** What counts the memory of requests that is not from there. */
    @Produces
    public MemoryBudget memoryBudget() {
        return server.allocator();
    }

    /** What wires must know of the settings. */
    @Produces
    public WireSettings wireSettings() {
        return server.settings();
    }

    /** What monitoring is told. */
    @Produces
    public ServerMetrics serverMetrics() {
        return server.metrics();
    }

    /** What is shown as metrics, and where. */
    @Produces
    public MetricsSettings metricsSettings() {
        return server.metricsSettings();
    }

    /** Threads of the container's for wires that the container does not run. */
    @Produces
    public ThreadFactory threadFactory() {
        return threadFactory;
    }
}
