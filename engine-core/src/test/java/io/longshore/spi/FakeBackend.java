package io.longshore.spi;

import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A framework for tests, called {@code fake}: it loads nothing, counts what is open, and does what it is told, each fault
 * for a model by name or for a version as {@code name/version}. A model it completes has FP32 {@code INPUT0} and
 * {@code OUTPUT0} of shape [-1]. Thread-safe.
 */
public final class FakeBackend implements Backend {
    /** What loading a model is estimated at. */
    public static final long BYTES = 1_000;

    /** Where a load can go wrong. */
    public enum Fault {
        COMPLETE,
        LOAD,
        NEW_INSTANCE,
        /** An {@link Error}, as a native runtime throws it. */
        LOAD_ERROR,
        CLOSE_INSTANCE,
        CLOSE_MODEL
    }

    private final Map<String, FakeBehaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, Set<Fault>> faults = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final AtomicInteger openModels = new AtomicInteger();
    private final AtomicInteger openInstances = new AtomicInteger();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger misuses = new AtomicInteger();

    /** Lets a model behave; {@link FakeBehaviour#echo} unless told. */
    public FakeBackend behave(String model, FakeBehaviour behaviour) {
        behaviours.put(model, behaviour);
        return this;
    }

    /** Lets a model, or one version of it, go wrong from now on in just these ways. */
    public FakeBackend fail(String modelOrVersion, Fault... ways) {
        faults.put(modelOrVersion, Set.of(ways));
        return this;
    }

    /** Lets the model's loads wait until the gate returned is counted down. */
    public CountDownLatch holdLoads(String model) {
        CountDownLatch gate = new CountDownLatch(1);
        gates.put(model, gate);
        return gate;
    }

    /** Models loaded and not closed. */
    public int openModels() {
        return openModels.get();
    }

    /** Instances made and not closed. */
    public int openInstances() {
        return openInstances.get();
    }

    /** Loads begun so far. */
    public int loads() {
        return loads.get();
    }

    /** Closes that came twice or too early, and executions of closed or busy instances; zero for a faultless engine. */
    public int misuses() {
        return misuses.get();
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean recognises(ModelConfig.Builder config, ModelFiles files) {
        return true;
    }

    @Override
    public void complete(ModelConfig.Builder config, ModelFiles files, BackendContext context) throws BackendException {
        check(Fault.COMPLETE, files);
        if (config.inputs().isEmpty()) {
            config.inputs(List.of(ModelInput.of("INPUT0", DataType.FP32, -1L)));
        }
        if (config.outputs().isEmpty()) {
            config.outputs(List.of(ModelOutput.of("OUTPUT0", DataType.FP32, -1L)));
        }
    }

    @Override
    public int defaultInstanceCount(ModelConfig config, Device device) {
        return 1;
    }

    @Override
    public long estimate(ModelConfig config, ModelFiles files, Device device) {
        return BYTES;
    }

    @Override
    public BackendModel load(
            ModelConfig config, ModelFiles files, Device device, int instanceCount, BackendContext context)
            throws BackendException {
        loads.incrementAndGet();
        awaitGate(config.name());
        check(Fault.LOAD, files);
        if (fails(Fault.LOAD_ERROR, files)) {
            throw new UnsatisfiedLinkError("the fake library is missing");
        }
        openModels.incrementAndGet();
        return new Model(config.name(), files);
    }

    private void awaitGate(String model) throws BackendException {
        CountDownLatch gate = gates.get(model);
        if (gate == null) {
            return;
        }
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new BackendException("interrupted", e);
        }
    }

    private void check(Fault fault, ModelFiles files) throws BackendException {
        if (fails(fault, files)) {
            throw new BackendException("fake fault " + fault);
        }
    }

    private boolean fails(Fault fault, ModelFiles files) {
        String model = String.valueOf(files.modelFolder().getFileName());
        String version = model + "/" + files.versionFolder().getFileName();
        return faults.getOrDefault(model, Set.of()).contains(fault)
                || faults.getOrDefault(version, Set.of()).contains(fault);
    }

    private void misused(boolean wrong) {
        if (wrong) {
            misuses.incrementAndGet();
        }
    }

    private final class Model implements BackendModel {
        private final String name;
        private final ModelFiles files;
        private final AtomicInteger instances = new AtomicInteger();
        private final AtomicInteger closes = new AtomicInteger();

        Model(String name, ModelFiles files) {
            this.name = name;
            this.files = files;
        }

        @Override
        public BackendInstance newInstance() throws BackendException {
            misused(closes.get() > 0);
            check(Fault.NEW_INSTANCE, files);
            instances.incrementAndGet();
            openInstances.incrementAndGet();
            return new Instance(this);
        }

        @Override
        public void close() {
            misused(closes.incrementAndGet() > 1 || instances.get() > 0);
            openModels.decrementAndGet();
            if (fails(Fault.CLOSE_MODEL, files)) {
                throw new IllegalStateException("fake fault " + Fault.CLOSE_MODEL);
            }
        }
    }

    private final class Instance implements BackendInstance {
        private final Model model;
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger closes = new AtomicInteger();

        Instance(Model model) {
            this.model = model;
        }

        @Override
        public void execute(Execution execution) {
            misused(closes.get() > 0 || running.incrementAndGet() > 1);
            try {
                for (ExecutionItem item : execution.items()) {
                    behaviours.getOrDefault(model.name, FakeBehaviour.echo()).execute(item);
                }
            } finally {
                running.decrementAndGet();
            }
        }

        @Override
        public void close() {
            misused(closes.incrementAndGet() > 1 || running.get() > 0);
            model.instances.decrementAndGet();
            openInstances.decrementAndGet();
            if (fails(Fault.CLOSE_INSTANCE, model.files)) {
                throw new IllegalStateException("fake fault " + Fault.CLOSE_INSTANCE);
            }
        }
    }
}
