package io.longshore.engine;

import io.longshore.inference.CallChain;
import io.longshore.inference.CorrelationId;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.FailureReason;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceService;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ModelDescription;
import io.longshore.inference.ModelMetrics;
import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.ModelUpload;
import io.longshore.inference.Readiness;
import io.longshore.inference.ReadinessFeed;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.ServerStatus;
import io.longshore.lifecycle.BackendLoader;
import io.longshore.lifecycle.EnsembleLoader;
import io.longshore.lifecycle.MemoryLedger;
import io.longshore.lifecycle.ModelCatalog;
import io.longshore.lifecycle.ModelHandle;
import io.longshore.lifecycle.ModelManager;
import io.longshore.lifecycle.ReadinessListeners;
import io.longshore.model.ModelSelector;
import io.longshore.model.QueuePolicy;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelRepository;
import io.longshore.repository.UploadStore;
import io.longshore.schedule.PendingRequest;
import io.longshore.schedule.RequestFailures;
import io.longshore.schedule.RequestPreparation;
import io.longshore.schedule.ResourceGate;
import io.longshore.schedule.ResponseCache;
import io.longshore.schedule.SequenceRequests;
import io.longshore.schedule.SpareCapacity;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.trace.RequestTrace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine: the composition root of everything in this module, and the implementation of its ports. Thread-safe.
 *
 * <p>Its life: constructed, {@link #start started}, {@link #announceStop announced to stop} (not ready any more, still
 * serving), {@link #stopAccepting closed to new requests}, {@link #close closed}.
 */
public final class InferenceEngine
        implements InferenceService, ModelControl, ServerStatus, ReadinessFeed, AutoCloseable {
    private static final Logger LOG = System.getLogger(InferenceEngine.class.getName());
    private static final InferenceCall ENDED = () -> {};

    private final ReadinessListeners listeners = new ReadinessListeners();
    private final ModelCatalog catalog = new ModelCatalog(listeners::changed);
    private final MemoryLedger ledger = new MemoryLedger();
    private final InFlight inFlight = new InFlight();
    private final RequestFailures refusals = new RequestFailures();
    private final ModelManager manager;
    private final UploadStore uploads;
    private final RepositoryController controller;
    private final EngineOptions options;
    private final EngineThreads threads;
    private final RequestLog requestLog;
    private volatile boolean started;
    private volatile boolean stopping;
    private volatile boolean closed;

    /** An engine without a response cache; see the other constructor. */
    public InferenceEngine(
            EngineOptions options,
            Collection<Backend> backends,
            ModelRepository repository,
            ModelConfigSource configs,
            MemoryAllocator allocator,
            EngineThreads threads) {
        this(options, backends, repository, configs, allocator, threads, null);
    }

    /**
     * @param options what the operator decides
     * @param backends the frameworks at hand
     * @param repository where models come from
     * @param configs reads their configurations
     * @param allocator memory for the outputs of models
     * @param threads threads and clock, which stay the caller's
     * @param cache keeps responses of models that ask for it; null = no responses are kept
     */
    public InferenceEngine(
            EngineOptions options,
            Collection<Backend> backends,
            ModelRepository repository,
            ModelConfigSource configs,
            MemoryAllocator allocator,
            EngineThreads threads,
            @Nullable ResponseCache cache) {
        this.options = options;
        this.threads = threads;
        this.requestLog = new RequestLog(threads.ticker());
        BackendLoader loader = new BackendLoader(
                byName(backends),
                configs,
                name -> new BackendContext(
                        options.backendSettings().getOrDefault(name, Map.of()), allocator, threads.inference(), this),
                request -> new RequestContext(request, this, allocator, threads.ticker()),
                ledger,
                threads.delayer(),
                threads.ticker(),
                threads.loading(),
                new BackendLoader.Settings(
                        options.autoComplete(),
                        new QueuePolicy(options.maxQueueSize(), Duration.ZERO),
                        options.instances().stuckAfter(),
                        options.instances().resources().map(ResourceGate::new),
                        cache,
                        new SpareCapacity(Runtime.getRuntime().availableProcessors())));
        EnsembleLoader ensembles = new EnsembleLoader(
                catalog,
                new CatalogParts(catalog, this::inferOn),
                allocator,
                threads.delayer(),
                threads.ticker(),
                threads.loading());
        this.manager = new ModelManager(
                catalog, loader, ensembles, configs, options.loading().retries(), threads.loading());
        this.uploads = new UploadStore(options.loading().uploadLimit());
        this.controller = new RepositoryController(repository, manager, uploads, options, threads, listeners::changed);
    }

    private static Map<String, Backend> byName(Collection<Backend> backends) {
        Map<String, Backend> byName = new TreeMap<>();
        for (Backend backend : backends) {
            if (byName.put(backend.name(), backend) != null) {
                throw new IllegalArgumentException("two backends are called '" + backend.name() + "'");
            }
        }
        return byName;
    }

    /**
     * Loads what is to be loaded at the start, on the loading threads.
     *
     * @return done when every such model serves or has failed
     */
    public CompletionStage<Void> start() {
        return controller.start().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(Level.ERROR, "the first load did not finish", failure);
            }
            started = true;
            listeners.changed();
        });
    }

    @Override
    public InferenceCall infer(InferenceRequest request, ResponseSink sink) {
        return infer(request, sink, () -> catalog.acquire(request.model()));
    }

    /** As {@link #infer}, on a version that its caller has a lease on and keeps. */
    private InferenceCall inferOn(ModelHandle leased, InferenceRequest request, ResponseSink sink) {
        return infer(request, sink, leased::another);
    }

    private InferenceCall infer(InferenceRequest request, ResponseSink sink, Supplier<ModelHandle> version) {
        RequestTrace trace = request.options().trace();
        ResponseSink told = trace == null ? sink : new TracedSink(sink, trace, threads.ticker());
        return start(request, requestLog.watch(request, told), version);
    }

    private InferenceCall start(InferenceRequest request, ResponseSink told, Supplier<ModelHandle> version) {
        try {
            return accept(request, told, version);
        } catch (InferenceException e) {
            refuse(request, told, e);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a request could not be accepted because of a defect", e);
            refuse(request, told, new InferenceException(ErrorCode.INTERNAL, "internal error: " + e, e));
        }
        return ENDED;
    }

    /**
     * Takes a request over; where this throws, it is still its caller's.
     *
     * @param version gives the one to run it, unless its sequence is under way on another
     */
    private InferenceCall accept(InferenceRequest request, ResponseSink sink, Supplier<ModelHandle> version) {
        CallChain chain = request.options().callChain();
        chain.checkMayCall(request.model().name());
        Deadline deadline = request.options().deadline();
        if (deadline.isBounded() && deadline.isExpired(threads.ticker().nanos())) {
            throw new InferenceException(ErrorCode.DEADLINE_EXCEEDED, "Request timeout expired");
        }
        ModelHandle begun = ofSequence(request);
        if (!chain.models().isEmpty()) {
            inFlight.enterNested();
        } else if (!(begun == null ? inFlight.tryEnter() : inFlight.tryEnterAgain())) {
            if (begun != null) {
                begun.close();
            }
            throw new InferenceException(
                    ErrorCode.UNAVAILABLE,
                    "Server is stopping, scheduler for model has stopped accepting new inference requests");
        }
        try {
            return submit(request, sink, begun == null ? version.get() : begun);
        } catch (RuntimeException | Error e) {
            inFlight.leave();
            throw e;
        }
    }

    /** The version on which a request's sequence is under way; null for a request that goes on with none. */
    private @Nullable ModelHandle ofSequence(InferenceRequest request) {
        if (request.parameters().isEmpty() || SequenceRequests.isStart(request.parameters())) {
            return null;
        }
        return catalog.acquireWith(CorrelationId.of(request.parameters()), request.model())
                .orElse(null);
    }

    private InferenceCall submit(InferenceRequest request, ResponseSink sink, ModelHandle handle) {
        PendingRequest pending;
        try {
            pending = prepare(request, sink, handle);
        } catch (RuntimeException | Error e) {
            handle.failures().count(e instanceof InferenceException known ? known.code() : ErrorCode.INTERNAL, false);
            handle.close();
            throw e;
        }
        try {
            handle.scheduler().submit(pending);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a request could not be scheduled because of a defect", e);
            pending.reject(new InferenceException(ErrorCode.INTERNAL, "internal error: " + e, e));
        }
        return pending;
    }

    private PendingRequest prepare(InferenceRequest request, ResponseSink sink, ModelHandle handle) {
        RequestPreparation preparation = handle.preparation();
        RequestTrace trace = request.options().trace();
        if (trace != null) {
            trace.servedBy(handle.id(), request.id());
        }
        if (handle.config().isDecoupled()) {
            checkTakesMany(sink);
        }
        return new PendingRequest(
                request,
                preparation.inputs(request),
                preparation.outputs(request),
                sink,
                handle.failures(),
                new EngineHold(handle, inFlight));
    }

    private static void checkTakesMany(ResponseSink sink) {
        InferenceException refusal = sink.refusalOfDecoupled();
        if (refusal != null) {
            throw refusal;
        }
    }

    private void refuse(InferenceRequest request, ResponseSink sink, InferenceException why) {
        refusals.count(why.code(), false);
        try {
            request.release();
            sink.onError(withRequestId(request, why));
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "the refusal of a request could not be told", e);
        }
    }

    /** Triton's core puts the request's id before what it says of a request. */
    private static InferenceException withRequestId(InferenceRequest request, InferenceException why) {
        if (why.code() != ErrorCode.INVALID_ARGUMENT) {
            return why;
        }
        String id = request.id().isEmpty() ? "<id_unknown>" : request.id();
        return new InferenceException(why.code(), "[request id: " + id + "] " + why.getMessage(), why.getCause());
    }

    @Override
    public CompletionStage<Void> load(String name, LoadOverride override) {
        return guarded(() -> controller.load(name, override));
    }

    @Override
    public ModelUpload beginUpload() {
        return controller.beginUpload();
    }

    @Override
    public CompletionStage<Void> unload(String name, boolean withDependents) {
        return guarded(() -> controller.unload(name, withDependents));
    }

    private static CompletionStage<Void> guarded(Supplier<CompletionStage<Void>> call) {
        try {
            return call.get();
        } catch (InferenceException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public List<ModelStatus> index() {
        return catalog.index();
    }

    @Override
    public boolean isLive() {
        return !closed;
    }

    @Override
    public boolean isStarted() {
        return started;
    }

    @Override
    public Readiness readiness() {
        if (stopping) {
            return Readiness.notReady("Server exiting");
        }
        if (!started) {
            return Readiness.notReady("the models are being loaded");
        }
        if (!controller.problem().isEmpty()) {
            return Readiness.notReady(controller.problem());
        }
        return options.strictReadiness() ? everyModelReady() : Readiness.READY;
    }

    private Readiness everyModelReady() {
        List<String> missing = catalog.missingModels();
        return missing.isEmpty() ? Readiness.READY : Readiness.notReady("models that are not ready: " + missing);
    }

    @Override
    public Readiness readiness(ModelSelector model) {
        return catalog.readiness(model);
    }

    @Override
    public ModelDescription describe(ModelSelector model) {
        try (ModelHandle handle = catalog.acquire(model)) {
            List<Long> versions = model instanceof ModelSelector.Exact
                    ? List.of(handle.id().version())
                    : catalog.readyVersions(model.name());
            return new ModelDescription(handle.config(), versions);
        }
    }

    @Override
    public Listening listen(Runnable listener) {
        return listeners.listen(listener);
    }

    @Override
    public List<ModelStatistics> statistics() {
        return catalog.statistics();
    }

    @Override
    public List<ModelStatistics> statistics(ModelSelector model) {
        return catalog.statistics(model);
    }

    @Override
    public List<String> readyModels() {
        return catalog.readyModels();
    }

    /** What monitoring is told of all versions that serve, sorted by name and version. */
    public List<ModelMetrics> metrics() {
        return catalog.metrics();
    }

    /** Requests that were refused before they came to a queue. */
    public Map<FailureReason, Long> refusals() {
        return refusals.counts();
    }

    /** The memory that loaded models are booked with. */
    public MemoryLedger memory() {
        return ledger;
    }

    /** Bytes of all files that clients have uploaded and that are still needed. */
    public long uploadedBytes() {
        return uploads.byteSize();
    }

    /** Requests and sequences that were accepted and are not over. */
    public long requestsInFlight() {
        return inFlight.current();
    }

    /** Tells the world that the server is about to stop: not ready from now on, still serving. */
    public void announceStop() {
        stopping = true;
        listeners.changed();
    }

    /**
     * Refuses new requests from now on, except those that go on with a sequence.
     *
     * @return done when every accepted request is over, and every sequence
     */
    public CompletionStage<Void> stopAccepting() {
        announceStop();
        controller.close();
        return inFlight.close();
    }

    /**
     * Ends all sequences, unloads all models and waits until their memory is given back. To be called once no request is in
     * flight, since it waits for those that are, and not on a loading thread. Loads that are under way are waited for, too,
     * whether or not {@link #start} is done; what still waits to be loaded is not loaded any more.
     */
    @Override
    public void close() {
        closed = true;
        stopAccepting();
        catalog.endSequences();
        manager.close().toCompletableFuture().join();
        uploads.close();
    }
}
