package io.longshore.ejb.server;

import io.longshore.ejb.cache.CaffeineResponseCache;
import io.longshore.ejb.config.LongshoreConfig;
import io.longshore.ejb.process.DrainSequence;
import io.longshore.ejb.process.DrainSequence.Outcome;
import io.longshore.ejb.process.EndpointProbe;
import io.longshore.ejb.process.ProcessExit;
import io.longshore.ejb.process.StartReport;
import io.longshore.ejb.process.TerminationSignals;
import io.longshore.ejb.thread.ContainerThreads;
import io.longshore.ejb.trace.TraceFiles;
import io.longshore.engine.InferenceEngine;
import io.longshore.engine.TraceRegistry;
import io.longshore.inference.MetricsSettings;
import io.longshore.inference.ServerMetrics;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.Ticker;
import io.longshore.inference.WireSettings;
import io.longshore.region.RegionRegistry;
import io.longshore.spi.Backend;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.trace.TraceOutputs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The server from its start to its end. Its ports are plain objects, so that a request passes no proxy. Thread-safe.
 *
 * <p>It ends in one of two ways. SIGTERM and SIGINT drain it, with the grace period, and then end the process: the exit
 * code is 0 if every accepted request was answered, else 1. {@link #close}, called when the container stops the
 * application for another reason, drains without grace.
 */
public final class LongshoreServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LongshoreServer.class.getName());

    private static final Duration ENDPOINT_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final LongshoreConfig config;
    private final ProcessExit exit;
    private final ContainerThreads threads;
    private final BudgetedAllocator allocator;
    private final RegionRegistry sharedMemory;
    private final @Nullable CaffeineResponseCache cache;
    private final InferenceEngine engine;
    private final TraceFiles traceFiles;
    private final TraceRegistry traces;
    private final DrainSequence drain;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable TerminationSignals signals;

    /**
     * A server that has not been started.
     *
     * @param source gives its threads
     * @param backends the frameworks at hand
     * @param spans where traces go in the mode of OpenTelemetry; empty = the container has no place for them
     * @param exit ends the process
     */
    public LongshoreServer(
            LongshoreConfig config,
            ThreadFactory source,
            Collection<Backend> backends,
            Optional<TraceOutputs> spans,
            ProcessExit exit) {
        this.config = config;
        this.exit = exit;
        threads = new ContainerThreads(
                source,
                config.requests().executionThreads(),
                config.repository().loadThreads());
        allocator = EngineAssembly.allocator(config.requests());
        sharedMemory = EngineAssembly.sharedMemory(config.requests());
        cache = EngineAssembly.cache(config.cache());
        engine = EngineAssembly.engine(config, backends, allocator, threads, cache);
        traceFiles = new TraceFiles(source);
        traces = EngineAssembly.traces(config.trace(), traceFiles, spans, engine);
        drain = new DrainSequence(
                new EngineDrain(engine),
                threads.delayer(),
                Ticker.SYSTEM,
                config.shutdown().exitTimeout());
    }

    /**
     * Begins to load models, and returns.
     *
     * @return what the first round of loading came to, which the log tells too
     */
    public CompletionStage<StartReport> start() {
        if (config.metrics().config().asksForSummaries()) {
            LOG.log(
                    Level.WARNING,
                    "longshore.metrics.config: summary_latencies has no effect; the longshore_*_duration_seconds"
                            + " histograms give quantiles of any number of servers");
        }
        signals = TerminationSignals.take(this::onSignal);
        return engine.start().handle((done, failure) -> afterFirstLoad(failure));
    }

    /** The engine, with all its ports. */
    public InferenceEngine engine() {
        return engine;
    }

    /** Which requests are traced. */
    public TraceRegistry traces() {
        return traces;
    }

    /** Memory for requests and responses, within the server-wide budget. */
    public BudgetedAllocator allocator() {
        return allocator;
    }

    /** Memory that clients share with the server. */
    public SharedMemory sharedMemory() {
        return sharedMemory;
    }

    /** What wires must know of the settings. */
    public WireSettings settings() {
        LongshoreConfig.Grpc grpc = config.grpc();
        return new WireSettings(
                config.server().name(),
                ServerVersion.read(),
                config.http().maxInputSize(),
                config.http().access(),
                new WireSettings.Grpc(
                        grpc.enabled(),
                        grpc.address(),
                        grpc.port(),
                        config.shutdown().exitTimeout(),
                        grpc.transport(),
                        grpc.access()),
                new WireSettings.HeaderPatterns(config.http().headerForwardPattern(), grpc.headerForwardPattern()));
    }

    /** What monitoring is told. */
    public ServerMetrics metrics() {
        return new EngineMetrics(engine, allocator, cache);
    }

    /** What is shown as metrics. */
    public MetricsSettings metricsSettings() {
        LongshoreConfig.Metrics metrics = config.metrics();
        return new MetricsSettings(
                metrics.enabled(),
                metrics.address(),
                metrics.port(),
                metrics.interval(),
                metrics.cpu(),
                metrics.config().counterLatencies(),
                metrics.config().histogramLatencies());
    }

    private StartReport afterFirstLoad(@Nullable Throwable failure) {
        StartReport report = new StartReport(engine.index(), engine.readiness());
        if (config.shutdown().exitOnError()
                && (failure != null || !report.failedModels().isEmpty())) {
            LOG.log(
                    Level.ERROR,
                    "the process ends because {0} could not be loaded and longshore.exit-on-error is true",
                    failure != null ? "the model repository" : report.failedModels());
            exit.exit(1);
        } else {
            tellWhenAnswering(report);
        }
        return report;
    }

    private void tellWhenAnswering(StartReport report) {
        LongshoreConfig.Http http = config.http();
        LongshoreConfig.Grpc grpc = config.grpc();
        if (http.enabled()) {
            EndpointProbe probe =
                    new EndpointProbe(http.address(), http.port(), threads.loader(), threads.delayer(), Ticker.SYSTEM);
            tellOnce(probe, report, EndpointProbe.url(http.address(), http.port()));
        } else if (grpc.enabled()) {
            EndpointProbe probe = EndpointProbe.ofPort(
                    grpc.address(), grpc.port(), threads.loader(), threads.delayer(), Ticker.SYSTEM);
            tellOnce(probe, report, grpc.address() + ":" + grpc.port() + " (gRPC)");
        } else {
            LOG.log(Level.WARNING, "longshore.http.enabled and longshore.grpc.enabled are false: nothing is served");
        }
    }

    private void tellOnce(EndpointProbe probe, StartReport report, String address) {
        probe.answersWithin(ENDPOINT_PATIENCE).thenAccept(answers -> tellStart(report, address, answers));
    }

    private void tellStart(StartReport report, String address, boolean answers) {
        LOG.log(Level.INFO, report.line(nameAndVersion(), address, sinceStart()));
        if (!answers) {
            LOG.log(
                    Level.WARNING,
                    "{0} has not answered for {1} seconds; are address and port in the settings those of this server''s"
                            + " endpoint?",
                    address,
                    ENDPOINT_PATIENCE.toSeconds());
        }
    }

    private static Duration sinceStart() {
        return Duration.ofMillis(System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime());
    }

    private String nameAndVersion() {
        String id = config.server().id();
        return ServerVersion.read() + (id.isEmpty() ? "" : " (" + id + ")");
    }

    /** Drains and then ends the process; a second signal changes nothing. */
    void onSignal(String name) {
        if (!signalled.compareAndSet(false, true)) {
            return;
        }
        Duration grace = config.shutdown().drainGrace();
        LOG.log(
                Level.INFO,
                "SIG{0}: not ready from now on; new requests are refused in {1} s; requests in flight: {2}",
                name,
                grace.toSeconds(),
                inFlight());
        drain.begin(grace).whenComplete((outcome, failure) -> exit.exit(codeOf(outcome, failure)));
    }

    private int codeOf(@Nullable Outcome outcome, @Nullable Throwable failure) {
        if (outcome == Outcome.DRAINED) {
            LOG.log(Level.INFO, "every accepted request is answered, the process ends");
            return 0;
        }
        if (failure != null) {
            LOG.log(Level.ERROR, "the drain failed, the process ends", failure);
        } else {
            LOG.log(Level.ERROR, "Exit timeout expired. Exiting immediately. Requests in flight: {0}", inFlight());
        }
        return 1;
    }

    private String inFlight() {
        return Long.toString(engine.requestsInFlight());
    }

    /** Drains without grace, unless that has been done, unloads all models and ends all threads. Works once. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (signals != null) {
            signals.close();
        }
        Duration patience = config.shutdown().exitTimeout().plus(CLOSE_TIMEOUT);
        boolean drained = ends("the drain", drain.begin(Duration.ZERO).toCompletableFuture(), patience);
        if (!drained && engine.requestsInFlight() > 0) {
            LOG.log(Level.WARNING, "the application ends with requests in flight: {0}", inFlight());
        }
        CompletableFuture<Void> closed = CompletableFuture.runAsync(engine::close, threads.executor());
        ends("the unloading of models", closed, CLOSE_TIMEOUT);
        sharedMemory.close();
        traces.close();
        traceFiles.close();
        threads.close();
    }

    /** Waits for a part of the end; says what was not done in time, so that the rest can go on. */
    private static boolean ends(String what, CompletableFuture<?> stage, Duration patience) {
        try {
            return stage.get(patience.toMillis(), TimeUnit.MILLISECONDS) != Outcome.TIMED_OUT;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.log(Level.WARNING, what + " was interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, what + " did not come to its end", e);
        }
        return false;
    }
}
