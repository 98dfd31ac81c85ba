package io.longshore.ejb.server;

import io.longshore.ejb.config.LongshoreConfig;
import io.longshore.ejb.thread.ContainerThreads;
import io.longshore.engine.EngineOptions;
import io.longshore.engine.EngineThreads;
import io.longshore.engine.InferenceEngine;
import io.longshore.inference.Ticker;
import io.longshore.region.PosixObjects;
import io.longshore.region.RegionRegistry;
import io.longshore.repository.FolderRepository;
import io.longshore.spi.Backend;
import io.longshore.spi.DeviceHandles;
import io.longshore.tensor.BudgetedAllocator;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.MemoryPool;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Turns settings into parts of the engine. */
final class EngineAssembly {
    /** What the pool keeps is not there for others, so it keeps no more than some large requests need. */
    private static final long MAX_RETAINED = 512L << 20;

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

    static InferenceEngine engine(
            LongshoreConfig config, Collection<Backend> backends, MemoryAllocator allocator, ContainerThreads threads) {
        LongshoreConfig.Repository repository = config.repository();
        return new InferenceEngine(
                options(config, backends),
                backends,
                new FolderRepository(repository.locations(), repository.configName(), repository.modelName()),
                new ConfigFiles(),
                allocator,
                new EngineThreads(threads.executor(), threads.loader(), threads.delayer(), Ticker.SYSTEM));
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
                        repository.uploads().byteLimit()));
    }

    private static EngineOptions.ControlMode mode(LongshoreConfig.ControlMode mode) {
        return switch (mode) {
            case NONE -> EngineOptions.ControlMode.NONE;
            case POLL -> EngineOptions.ControlMode.POLL;
            case EXPLICIT -> EngineOptions.ControlMode.EXPLICIT;
        };
    }
}
