package io.longshore.ejb.server;

import io.longshore.inference.Parameters;
import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Models that answer when the test says so; one called {@code broken} cannot be loaded. */
final class HeldBackend implements Backend {
    final BlockingQueue<ExecutionItem> held = new LinkedBlockingQueue<>();
    final AtomicInteger openModels = new AtomicInteger();

    void answerOne() throws InterruptedException {
        held.take().respond(List.of(), Parameters.NONE, true);
    }

    @Override
    public String name() {
        return "held";
    }

    @Override
    public boolean recognises(ModelConfig.Builder config, ModelFiles files) {
        return true;
    }

    @Override
    public void complete(ModelConfig.Builder config, ModelFiles files, BackendContext context) throws BackendException {
        if (config.name().equals("broken")) {
            throw new BackendException("it is broken");
        }
        config.inputs(List.of(ModelInput.of("IN", DataType.INT8, 1L)))
                .outputs(List.of(ModelOutput.of("OUT", DataType.INT8, 1L)))
                .decoupled(true);
    }

    @Override
    public int defaultInstanceCount(ModelConfig config, Device device) {
        return 1;
    }

    @Override
    public long estimate(ModelConfig config, ModelFiles files, Device device) {
        return 1;
    }

    @Override
    public BackendModel load(
            ModelConfig config, ModelFiles files, Device device, int instanceCount, BackendContext context) {
        openModels.incrementAndGet();
        return new HeldModel();
    }

    private final class HeldModel implements BackendModel {
        @Override
        public BackendInstance newInstance() {
            return new HeldInstance();
        }

        @Override
        public void close() {
            openModels.decrementAndGet();
        }
    }

    private final class HeldInstance implements BackendInstance {
        @Override
        public void execute(Execution execution) {
            held.addAll(execution.items());
        }

        @Override
        public void close() {}
    }
}
