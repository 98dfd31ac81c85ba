package io.longshore.bench;

import io.longshore.inference.Parameters;
import io.longshore.model.Device;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.spi.Backend;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendInstance;
import io.longshore.spi.BackendModel;
import io.longshore.spi.Execution;
import io.longshore.spi.ExecutionItem;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Tensor;
import java.util.List;

/** Answers with its input, at once and without a copy. Thread-safe. */
final class NoOpBackend implements Backend, BackendModel, BackendInstance {
    static final String NAME = "noop";
    static final String INPUT = "INPUT0";
    private static final String OUTPUT = "OUTPUT0";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean recognises(ModelConfig.Builder config, ModelFiles files) {
        return true;
    }

    @Override
    public void complete(ModelConfig.Builder config, ModelFiles files, BackendContext context) {
        config.inputs(List.of(ModelInput.of(INPUT, DataType.INT32, -1L)));
        config.outputs(List.of(ModelOutput.of(OUTPUT, DataType.INT32, -1L)));
    }

    @Override
    public int defaultInstanceCount(ModelConfig config, Device device) {
        return 2;
    }

    @Override
    public long estimate(ModelConfig config, ModelFiles files, Device device) {
        return 0;
    }

    @Override
    public BackendModel load(
            ModelConfig config, ModelFiles files, Device device, int instanceCount, BackendContext context) {
        return this;
    }

    @Override
    public BackendInstance newInstance() {
        return this;
    }

    @Override
    public void execute(Execution execution) {
        for (ExecutionItem item : execution.items()) {
            Tensor output = item.inputs().get(0).renamed(OUTPUT);
            item.respond(List.of(output), Parameters.NONE, true);
        }
    }

    @Override
    public void close() {}
}
