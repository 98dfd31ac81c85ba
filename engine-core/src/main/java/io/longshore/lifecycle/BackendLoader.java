package io.longshore.lifecycle;

import io.longshore.inference.Delayer;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.Ticker;
import io.longshore.model.Device;
import io.longshore.model.InstanceGroup;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelId;
import io.longshore.model.QueuePolicy;
import io.longshore.model.RateLimit;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import io.longshore.schedule.BatchScheduler;
import io.longshore.schedule.CachingScheduler;
import io.longshore.schedule.ExecutionStatistics;
import io.longshore.schedule.ExecutionTools;
import io.longshore.schedule.InstanceClaims;
import io.longshore.schedule.InstancePool;
import io.longshore.schedule.PendingRequest;
import io.longshore.schedule.ResourceGate;
import io.longshore.schedule.ResponseCache;
import io.longshore.schedule.ResponseShaper;
import io.longshore.schedule.Scheduler;
import io.longshore.schedule.SequenceScheduler;
import io.longshore.schedule.SequenceStates;
import io.longshore.schedule.SpareCapacity;
import io.longshore.schedule.StuckWatch;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.MemoryAllocator;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Loads versions through the backends: configuration, weights, instances and scheduler, in that order. */
public final class BackendLoader implements VersionLoader {
    private static final Logger LOG = System.getLogger(BackendLoader.class.getName());

    private final Map<String, Backend> backends;
    private final ModelConfigSource configs;
    private final Function<String, BackendContext> contexts;
    private final Function<PendingRequest, InferenceContext> requestContexts;
    private final MemoryLedger ledger;
    private final Delayer delayer;
    private final Ticker ticker;
    private final Executor closer;
    private final Settings settings;
    private final LoadStops stops = new LoadStops();

    /**
     * What an operator decides about loading.
     *
     * @param autoComplete whether a backend may fill what a configuration leaves open
     * @param defaultQueuePolicy for models that state none
     * @param stuckAfter how long an execution may take before its instance counts as stuck, for models that state nothing;
     *     zero = never
     * @param gate limits which instances run at once; empty = nothing does
     * @param cache for models that ask for one; null = there is none
     * @param capacity of the machine, which executions of all models share
     */
    public record Settings(
            boolean autoComplete,
            QueuePolicy defaultQueuePolicy,
            Duration stuckAfter,
            Optional<ResourceGate> gate,
            @Nullable ResponseCache cache,
            SpareCapacity capacity) {}

    /**
     * @param backends by name
     * @param configs reads configurations
     * @param contexts gives each backend, by name, what it may use
     * @param requestContexts gives code inside a model what it may know of a request
     * @param ledger books the memory of weights
     * @param delayer for deadlines of requests
     * @param ticker tells how long runs take
     * @param closer runs what closes a version
     * @param settings what the operator decides
     */
    public BackendLoader(
            Map<String, Backend> backends,
            ModelConfigSource configs,
            Function<String, BackendContext> contexts,
            Function<PendingRequest, InferenceContext> requestContexts,
            MemoryLedger ledger,
            Delayer delayer,
            Ticker ticker,
            Executor closer,
            Settings settings) {
        this.backends = Map.copyOf(backends);
        this.configs = configs;
        this.contexts = contexts;
        this.requestContexts = requestContexts;
        this.ledger = ledger;
        this.delayer = delayer;
        this.ticker = ticker;
        this.closer = closer;
        this.settings = settings;
    }

    /** Through which loads that nobody wants any more are ended. */
    LoadStops stops() {
        return stops;
    }

    @Override
    public ModelVersion load(ModelFolder folder, long version) throws BackendException, InvalidModelConfigException {
        folder.retain();
        try {
            return loadFrom(folder, version);
        } catch (Throwable e) {
            folder.release();
            throw e;
        }
    }

    /** The version, which releases its folder when it is unloaded. */
    private ModelVersion loadFrom(ModelFolder folder, long version)
            throws BackendException, InvalidModelConfigException {
        long begun = ticker.nanos();
        ModelConfig.Builder draft = configs.read(folder);
        ModelFiles files = folder.files(version);
        if (folder.modelFile() != null && draft.defaultModelFilename().isEmpty()) {
            draft.defaultModelFilename(folder.modelFile());
        }
        if (draft.queuePolicy().isEmpty()) {
            draft.queuePolicy(settings.defaultQueuePolicy());
        }
        Backend backend = backendOf(draft, files);
        BackendContext context = contexts.apply(backend.name());
        if (settings.autoComplete()) {
            backend.complete(draft, files, context);
        }
        ModelConfig config = draft.backend(backend.name()).build();
        return open(folder, version, config, begun, backend, context);
    }

    private Backend backendOf(ModelConfig.Builder draft, ModelFiles files) throws BackendException {
        if (draft.backend().isPresent()) {
            Backend named = backends.get(draft.backend().get());
            if (named == null) {
                throw new BackendException("backend '" + draft.backend().get() + "' is not installed; installed are "
                        + backends.keySet().stream().sorted().toList());
            }
            return named;
        }
        return backends.values().stream()
                .filter(each -> each.recognises(draft, files))
                .findFirst()
                .orElseThrow(() -> new BackendException("no backend recognises the files in " + files.versionFolder()
                        + "; set 'backend' to one of "
                        + backends.keySet().stream().sorted().toList()));
    }

    private ModelVersion open(
            ModelFolder folder, long version, ModelConfig config, long begun, Backend backend, BackendContext context)
            throws BackendException, InvalidModelConfigException {
        ModelId id = new ModelId(folder.name(), version);
        ModelFiles files = folder.files(version);
        ExecutionStatistics statistics = new ExecutionStatistics(config);
        InstanceCounts counts = instanceCounts(config, backend);
        StuckWatch watch = StuckLimit.watch(config, settings.stuckAfter(), delayer, ticker);
        InitialStates states = InitialStates.of(config, files);
        long byteSize = Math.addExact(backend.estimate(config, files, Device.CPU), states.byteSize());
        ledger.reserve(Device.CPU, byteSize);
        try {
            ResponseShaper shaper = OutputShaping.of(id, config, files.modelFolder(), context.allocator());
            BackendModel model = backend.load(config, files, Device.CPU, counts.regular(), context);
            ExecutionTools tools =
                    new ExecutionTools(shaper, requestContexts, ticker, statistics, watch, settings.capacity());
            Warmup warmup = new Warmup(
                    id, config, new WarmupSamples(config, files, context.allocator()), requestContexts, ticker, stops);
            Scheduler uncached = scheduler(config, model, counts, warmup, tools, states, context);
            Scheduler scheduler = cached(uncached, id, config, context.executor(), statistics);
            Runnable unload = () -> unload(scheduler, model, byteSize, folder);
            Duration loadTime = Duration.ofNanos(ticker.nanos() - begun);
            long fingerprint = VersionPlan.fingerprint(folder, version);
            return new ModelVersion(id, config, fingerprint, scheduler, statistics, loadTime, unload, closer);
        } catch (Throwable e) {
            ledger.release(Device.CPU, byteSize);
            throw e;
        }
    }

    private void unload(Scheduler scheduler, BackendModel model, long byteSize, ModelFolder folder) {
        try {
            scheduler.close();
        } finally {
            try {
                model.close();
            } finally {
                ledger.release(Device.CPU, byteSize);
                folder.release();
            }
        }
    }

    /** A scheduler over new instances of the model, warmed up. Where that fails, instances and model are closed. */
    private Scheduler scheduler(
            ModelConfig config,
            BackendModel model,
            InstanceCounts counts,
            Warmup warmup,
            ExecutionTools tools,
            InitialStates states,
            BackendContext context)
            throws BackendException {
        List<BackendInstance> instances = new ArrayList<>();
        InstanceClaims claims = InstanceClaims.NONE;
        try {
            claims = claims(config);
            for (int i = 0; i < counts.burst(); i++) {
                instances.add(model.newInstance());
            }
            // What makes the others cost nothing is that they share everything that there is to warm up.
            warmup.run(instances.subList(0, counts.regular()));
            if (config.sequenceBatching().isPresent()) {
                SequenceStates carried = new SequenceStates(config, states.tensors());
                return new SequenceScheduler(
                        config, model, instances, claims, carried, tools, context.executor(), delayer);
            }
            InstancePool pool = new InstancePool(instances, counts.regular(), claims);
            return new BatchScheduler(config, model, pool, tools, context.allocator(), context.executor(), delayer);
        } catch (Throwable e) {
            claims.close();
            instances.forEach(instance -> closeAfter(e, instance));
            closeAfter(e, model);
            throw e;
        }
    }

    /** What the instances take while they run, in the order of the groups; nothing where nothing is limited. */
    private InstanceClaims claims(ModelConfig config) throws BackendException {
        List<RateLimit> limits = config.instanceGroups().stream()
                .flatMap(group -> Collections.nCopies(group.count(), group.rateLimit()).stream())
                .toList();
        if (settings.gate().isEmpty()
                || limits.stream().allMatch(limit -> limit.resources().isEmpty())) {
            return InstanceClaims.NONE;
        }
        return InstanceClaims.register(settings.gate().get(), limits);
    }

    private static void closeAfter(Throwable failure, AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception | LinkageError e) {
            failure.addSuppressed(e);
        }
    }

    /** The scheduler behind the response cache, where the model asks for that and there is one. */
    private Scheduler cached(
            Scheduler scheduler, ModelId id, ModelConfig config, Executor executor, ExecutionStatistics statistics) {
        if (!config.usesResponseCache()) {
            return scheduler;
        }
        ResponseCache cache = settings.cache();
        if (cache == null) {
            LOG.log(
                    Level.WARNING,
                    "model ''{0}'' asks for response_cache, and this server has no cache: start it with"
                            + " --cache-config=local,size=<bytes>",
                    id.name());
            return scheduler;
        }
        return new CachingScheduler(scheduler, cache.open(), id, MemoryAllocator.HEAP, executor, ticker, statistics);
    }

    /**
     * How many instances a model has.
     *
     * @param regular at any time
     * @param burst while its runs are short
     */
    private record InstanceCounts(int regular, int burst) {}

    private static InstanceCounts instanceCounts(ModelConfig config, Backend backend) throws BackendException {
        int stated = 0;
        for (InstanceGroup group : config.instanceGroups()) {
            if (group.kind() == InstanceGroup.Kind.GPU) {
                throw new BackendException(
                        "instance_group asks for KIND_GPU, and this server has no GPU;" + " use KIND_CPU or KIND_AUTO");
            }
            stated += group.count();
        }
        if (stated > 0) {
            return new InstanceCounts(stated, stated);
        }
        int regular = backend.defaultInstanceCount(config, Device.CPU);
        // A sequence keeps its instance, so there are no instances for a while.
        return config.sequenceBatching().isPresent()
                ? new InstanceCounts(regular, regular)
                : new InstanceCounts(regular, backend.burstInstanceCount(config, Device.CPU));
    }
}
