package io.longshore.ejb.server;

import io.longshore.ejb.cache.CaffeineResponseCache;
import io.longshore.ejb.config.CacheConfig;
import io.longshore.ejb.config.LongshoreConfig;
import io.longshore.ejb.thread.ContainerThreads;
import io.longshore.ejb.trace.TraceFiles;
import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.engine.TraceRegistry;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.Ticker;
import io.longshore.model.ModelSelector;
import io.longshore.region.PosixObjects;
import io.longshore.region.RegionRegistry;
import io.longshore.repository.FolderRepository;
import io.longshore.schedule.ResponseCache;
import io.longshore.spi.Backend;
import io.longshore.spi.DeviceHandles;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryPool;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceOutputs;
import io.longshore.trace.TraceSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns settings into parts of the engine. */
final class EngineAssembly {
    /** What the pool keeps is not there for others, so it keeps no more than some large requests need. */
    private static final long MAX_RETAINED = 512L << 20;

    private static final Logger LOG = System.getLogger(EngineAssembly.class.getName());

    private EngineAssembly() {}

    /** Direct memory for requests and responses, at most as much as the settings allow. */
    static BudgetedAllocator allocator(LongshoreConfig.Requests settings) {
        long retained = Math.min(settings.memoryLimit() / 4, MAX_RETAINED);
        return new BudgetedAllocator(MemoryPool.direct(retained), settings.memoryLimit());
    }

    /** Memory that clients share; that of devices once a module of theirs is there. */
    static RegionRegistry sharedMemory(LongshoreConfig.Requests settings) {
        return new RegionRegistry(settings.clientSharedMemory(), PosixObjects.ofMachine(), DeviceHandles.NONE);
    }

    /** Where responses are kept; null = nowhere. */
    static @Nullable CaffeineResponseCache cache(CacheConfig settings) {
        if (settings.byteSize() == 0) {
            return null;
        }
        long heap = Runtime.getRuntime().maxMemory();
        if (settings.byteSize() > heap / 2) {
            LOG.log(
                    Level.WARNING,
                    "longshore.cache.config: the cache may come to " + settings.byteSize()
                            + " bytes, which is more than half of the Java heap of " + heap
                            + "; make it smaller, or the heap larger (-Xmx)");
        }
        return new CaffeineResponseCache(settings.byteSize(), Ticker.SYSTEM);
    }

    static InferenceEngine engine(
            LongshoreConfig config,
            Collection<Backend> backends,
            MemoryAllocator allocator,
            ContainerThreads threads,
            @Nullable ResponseCache cache) {
        LongshoreConfig.Repository repository = config.repository();
        return new InferenceEngine(
                options(config, backends),
                backends,
                new FolderRepository(repository.locations(), repository.configName(), repository.modelName()),
                new ConfigFiles(),
                allocator,
                new EngineThreads(threads.executor(), threads.loader(), threads.delayer(), Ticker.SYSTEM),
                cache);
    }

    /** Which requests are traced; says where none can be although some are to be. */
    static TraceRegistry traces(
            TraceSettings settings, TraceFiles files, Optional<TraceOutputs> spans, ServerStatus status) {
        boolean toSpans = settings.mode() == TraceMode.OPENTELEMETRY;
        if (toSpans && spans.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "longshore.trace.config: nothing is traced, since the mode opentelemetry needs MicroProfile Telemetry;"
                            + " docs/tracing.md says how to switch it on");
        } else if (!settings.problem().isEmpty()) {
            LOG.log(Level.WARNING, "longshore.trace.config: nothing is traced, since " + settings.problem());
        }
        TraceOutputs outputs = toSpans ? spans.orElse(none -> null) : files;
        return new TraceRegistry(
                settings,
                outputs,
                model -> status.readiness(ModelSelector.latest(model)).isReady());
    }

    static EngineOptions options(LongshoreConfig config, Collection<Backend> backends) {
        LongshoreConfig.Repository repository = config.repository();
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        backends.forEach(
                backend -> settings.put(backend.name(), config.backends().of(backend.name())));
        return new EngineOptions(
                mode(repository.controlMode()),
                Set.copyOf(repository.loadModels()),
                repository.pollInterval(),
                config.server().strictReadiness(),
                repository.autoCompleteConfig(),
                config.requests().maxQueueSize(),
                settings,
                new EngineOptions.Loading(
                        repository.loadRetries(),
                        repository.uploads().allowed(),
                        repository.uploads().byteLimit()),
                instances(config.instances()));
    }

    private static EngineOptions.Instances instances(LongshoreConfig.Instances settings) {
        boolean limited = settings.rateLimit() == LongshoreConfig.RateLimitMode.EXECUTION_COUNT;
        return new EngineOptions.Instances(
                settings.stuckAfter(), limited ? Optional.of(settings.resources()) : Optional.empty());
    }

    private static EngineOptions.ControlMode mode(LongshoreConfig.ControlMode mode) {
        return switch (mode) {
            case NONE -> EngineOptions.ControlMode.NONE;
            case POLL -> EngineOptions.ControlMode.POLL;
            case EXPLICIT -> EngineOptions.ControlMode.EXPLICIT;
        };
    }
}
