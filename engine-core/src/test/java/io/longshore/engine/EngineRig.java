package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.ManualDelayer;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.model.Device;
import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelSelector;
import io.longshore.model.VersionPolicy;
import io.longshore.repository.FakeRepository;
import io.longshore.repository.ModelFolder;
import io.longshore.repository.ModelOverride;
import io.longshore.schedule.MapResponseCache;
import io.longshore.schedule.PuppetExecutor;
import io.longshore.spi.FakeBackend;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** An engine over fakes, all of which a test moves by hand. */
final class EngineRig {
    final FakeTicker ticker = new FakeTicker();
    final ManualDelayer delayer = new ManualDelayer(ticker);
    final PuppetExecutor inference = new PuppetExecutor();
    final PuppetExecutor loading = new PuppetExecutor();
    final CountingAllocator allocator = new CountingAllocator();
    final FakeRepository repository = new FakeRepository();
    final FakeBackend backend = new FakeBackend();
    final MapResponseCache cache = new MapResponseCache(5_000);
    final Map<String, Consumer<ModelConfig.Builder>> configs = new HashMap<>();
    final Map<String, RuntimeException> configBugs = new HashMap<>();
    final Map<String, String> configProblems = new HashMap<>();
    private final List<RecordingSink> sinks = new ArrayList<>();
    private final InferenceEngine engine;

    EngineRig() {
        this(EngineOptions.DEFAULT);
    }

    EngineRig(ControlMode mode) {
        this(EngineOptions.DEFAULT.withMode(mode));
    }

    EngineRig(EngineOptions options) {
        this.engine = build(options, inference, loading);
    }

    /** An engine on other threads, over the same fakes. */
    EngineRig(EngineOptions options, Executor inferenceThreads, Executor loadingThreads) {
        this.engine = build(options, inferenceThreads, loadingThreads);
    }

    private InferenceEngine build(EngineOptions options, Executor inferenceThreads, Executor loadingThreads) {
        return new InferenceEngine(
                options,
                List.of(backend),
                repository,
                this::config,
                allocator,
                new EngineThreads(inferenceThreads, loadingThreads, delayer, ticker),
                cache);
    }

    private ModelConfig.Builder config(ModelFolder folder) throws InvalidModelConfigException {
        synchronized (configs) {
            if (configBugs.containsKey(folder.name())) {
                throw configBugs.get(folder.name());
            }
            if (configProblems.containsKey(folder.name())) {
                throw new InvalidModelConfigException(List.of(configProblems.get(folder.name())));
            }
            ModelConfig.Builder builder = ModelConfig.builder(folder.name());
            ModelOverride override = folder.override();
            if (override != null) {
                return builder.maxBatchSize(batchSize(override.config()));
            }
            configs.getOrDefault(folder.name(), each -> {}).accept(builder);
            return builder;
        }
    }

    /** All that a load overrides in these tests. */
    private static int batchSize(String config) throws InvalidModelConfigException {
        try {
            return Integer.parseInt(config);
        } catch (NumberFormatException e) {
            throw new InvalidModelConfigException(List.of("config override: not a number: " + config));
        }
    }

    InferenceEngine engine() {
        return engine;
    }

    /** Lets a model serve all its versions. */
    EngineRig allVersions(String model) {
        configs.put(model, config -> config.versionPolicy(new VersionPolicy.All()));
        return this;
    }

    /** Starts the engine and lets it load. */
    EngineRig start() {
        CompletableFuture<Void> started = engine.start().toCompletableFuture();
        loading.runAll();
        assertThat(started).isDone();
        return this;
    }

    /** Lets the poll interval pass, and what it brings happen. */
    void poll() {
        delayer.advance(EngineOptions.DEFAULT.pollInterval());
        loading.runAll();
    }

    RecordingSink infer(String model) {
        return infer(ModelSelector.latest(model));
    }

    RecordingSink infer(ModelSelector model) {
        RecordingSink sink = new RecordingSink();
        infer(request(model), sink);
        return sink;
    }

    InferenceCall infer(InferenceRequest request, RecordingSink sink) {
        synchronized (sinks) {
            sinks.add(sink);
        }
        return engine.infer(request, sink);
    }

    /** A request of a sequence, after which all that waits for a thread has run. */
    RecordingSink inferInSequence(ModelSelector model, Object id, boolean start, boolean end) {
        InferenceRequest plain = request(model);
        RecordingSink sink = new RecordingSink();
        infer(
                new InferenceRequest(
                        "",
                        model,
                        plain.inputs(),
                        List.of(),
                        Parameters.of(Map.of("sequence_id", id, "sequence_start", start, "sequence_end", end)),
                        plain.options()),
                sink);
        inference.runAll();
        return sink;
    }

    InferenceRequest request(ModelSelector model) {
        return InferenceRequest.of(model, List.of(Tensors.ofFloats(allocator, "INPUT0", Shape.of(2), 1f, 2f)));
    }

    /** The index as {@code name:version STATE reason}. */
    List<String> index() {
        return engine.index().stream().map(EngineRig::line).toList();
    }

    private static String line(ModelStatus status) {
        return (status.name() + ":" + status.version() + " " + status.state() + " " + status.reason()).strip();
    }

    /** Closes the engine and checks that nothing is left of it. */
    void closeAndCheck() {
        Thread closer = new Thread(engine::close);
        closer.start();
        while (closer.isAlive()) {
            // Only once it waits: what is run before might slip in ahead of the close.
            if (closer.getState() == Thread.State.WAITING) {
                loading.runAll();
            }
            Thread.onSpinWait();
        }
        assertNothingIsLeft();
    }

    void assertNothingIsLeft() {
        synchronized (sinks) {
            sinks.forEach(sink -> sink.awaitEnd().release());
        }
        assertThat(backend.openModels()).as("models left open").isZero();
        assertThat(backend.openInstances()).as("instances left open").isZero();
        assertThat(backend.misuses()).as("misuses of the backend").isZero();
        assertThat(engine.memory().reserved(Device.CPU)).as("bytes booked").isZero();
        assertThat(engine.uploadedBytes()).as("uploaded bytes").isZero();
        assertThat(engine.requestsInFlight()).as("requests in flight").isZero();
        assertThat(allocator.live()).as("tensors left").isZero();
        assertThat(cache.size()).as("responses kept").isZero();
    }

    /** Options that look at the repository this often. */
    static EngineOptions polling(Duration interval) {
        EngineOptions some = EngineOptions.DEFAULT;
        return new EngineOptions(
                ControlMode.POLL,
                some.loadAtStart(),
                interval,
                some.strictReadiness(),
                some.autoComplete(),
                some.maxQueueSize(),
                some.backendSettings());
    }
}
