package io.longshore.model;

import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What must hold between {@code model_warmup} and the rest of a configuration. */
final class WarmupRules {
    private final ModelConfig.Builder config;
    private final ModelWarmup sample;
    private final List<String> problems = new ArrayList<>();

    private WarmupRules(ModelConfig.Builder config, ModelWarmup sample) {
        this.config = config;
        this.sample = sample;
    }

    /** Problems of all samples that are run. */
    static List<String> problems(ModelConfig.Builder config) {
        return config.warmups().stream()
                .filter(ModelWarmup::isRun)
                .flatMap(sample -> new WarmupRules(config, sample).check().stream())
                .toList();
    }

    private List<String> check() {
        int maxBatchSize = Math.max(0, config.maxBatchSize().orElse(0));
        if (sample.batchSize() > Math.max(1, maxBatchSize)) {
            problem("batch_size " + sample.batchSize() + " exceeds "
                    + (maxBatchSize == 0
                            ? "1, which is all that a model with max_batch_size 0 takes"
                            : "max_batch_size " + maxBatchSize));
        }
        sample.inputs().forEach(this::checkInput);
        for (ModelInput declared : config.inputs()) {
            if (!declared.optional() && !gives(declared.name())) {
                problem("input '" + declared.name()
                        + "' is missing; give each input of the model that is not optional");
            }
        }
        return problems;
    }

    private boolean gives(String name) {
        return sample.inputs().stream().anyMatch(input -> input.name().equals(name));
    }

    private void checkInput(ModelWarmup.Input input) {
        Optional<ModelInput> found = config.backendInputs().stream()
                .filter(each -> each.name().equals(input.name()))
                .findFirst();
        if (found.isEmpty()) {
            problem("the model has no input '" + input.name() + "'; it has "
                    + config.backendInputs().stream().map(ModelInput::name).toList());
            return;
        }
        ModelInput declared = found.get();
        if (declared.type() != input.type()) {
            problem("input '" + input.name() + "' has data_type " + input.type() + ", the model's has "
                    + declared.type());
        }
        if (!fits(input.dims(), declared.dims()) && !fits(input.dims(), declared.reshape())) {
            problem("input '" + input.name() + "' has dims " + input.dims() + ", the model's has " + declared.dims()
                    + "; a batch dimension does not belong to them");
        }
    }

    private static boolean fits(List<Long> dims, @Nullable List<Long> declared) {
        if (declared == null || dims.size() != declared.size()) {
            return false;
        }
        for (int axis = 0; axis < dims.size(); axis++) {
            if (declared.get(axis) != TensorSpec.ANY && !declared.get(axis).equals(dims.get(axis))) {
                return false;
            }
        }
        return true;
    }

    private void problem(String what) {
        problems.add("model_warmup '" + sample.name() + "': " + what);
    }
}
