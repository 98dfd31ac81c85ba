package io.longshore.backend.java;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.spi.BackendException;
import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds a configuration against what a class declares of itself. */
final class DeclarationRules {
    private DeclarationRules() {}

    /** Fills what the configuration leaves open; not with what the server gives and takes itself, for sequences. */
    static void complete(ModelConfig.Builder config, ModelDeclaration declared, boolean decoupled) {
        if (config.maxBatchSize().isEmpty() && !declared.inputs().isEmpty()) {
            config.maxBatchSize(declared.maxBatchSize());
        }
        if (config.inputs().isEmpty()) {
            config.inputs(declared.inputs().stream()
                    .filter(input -> config.sequenceBatching()
                            .filter(sequences -> sequences.givesInput(input.name()))
                            .isEmpty())
                    .toList());
        }
        if (config.outputs().isEmpty()) {
            config.outputs(declared.outputs().stream()
                    .filter(output -> config.sequenceBatching()
                            .filter(sequences -> sequences.takesOutput(output.name()))
                            .isEmpty())
                    .toList());
        }
        if (decoupled) {
            config.decoupled(true);
        }
    }

    /**
     * Checks a complete configuration.
     *
     * @throws BackendException naming every contradiction
     */
    static void check(ModelConfig config, ModelDeclaration declared, boolean decoupled) throws BackendException {
        List<String> problems = new ArrayList<>();
        checkInputs(config, declared, problems);
        checkOutputs(config, declared, problems);
        if (declared.maxBatchSize() > 0 && config.maxBatchSize() > declared.maxBatchSize()) {
            problems.add("max_batch_size is " + config.maxBatchSize() + ", the class takes " + declared.maxBatchSize());
        }
        if (decoupled && !config.isDecoupled()) {
            problems.add("the class gives any number of responses: set model_transaction_policy { decoupled: true }");
        }
        if (!problems.isEmpty()) {
            throw new BackendException("model '" + config.name() + "': the configuration contradicts the class: "
                    + String.join("; ", problems));
        }
    }

    /** The tensors that the code must give, by name, as it sees them. */
    static Map<String, TensorSpec> outputSpecs(ModelConfig config) {
        return config.backendOutputs().stream()
                .map(output -> spec(config, output))
                .collect(Collectors.toUnmodifiableMap(TensorSpec::name, Function.identity()));
    }

    private static void checkInputs(ModelConfig config, ModelDeclaration declared, List<String> problems) {
        if (declared.inputs().isEmpty()) {
            return;
        }
        boolean batched = declared.maxBatchSize() > 0;
        Map<String, TensorSpec> known = declared.inputs().stream()
                .map(input -> input.requestSpec(batched))
                .collect(Collectors.toMap(TensorSpec::name, Function.identity()));
        for (ModelInput input : config.backendInputs()) {
            checkTensor("input", spec(config, input), known, problems);
        }
        List<String> stated =
                config.backendInputs().stream().map(ModelInput::name).toList();
        for (ModelInput input : declared.inputs()) {
            if (!input.optional() && !stated.contains(input.name())) {
                problems.add("input '" + input.name() + "', which the class needs, is not stated");
            }
        }
    }

    private static void checkOutputs(ModelConfig config, ModelDeclaration declared, List<String> problems) {
        if (declared.outputs().isEmpty()) {
            return;
        }
        boolean batched = declared.maxBatchSize() > 0;
        Map<String, TensorSpec> known = declared.outputs().stream()
                .map(output -> output.responseSpec(batched))
                .collect(Collectors.toMap(TensorSpec::name, Function.identity()));
        for (ModelOutput output : config.backendOutputs()) {
            checkTensor("output", spec(config, output), known, problems);
        }
    }

    private static void checkTensor(
            String kind, TensorSpec stated, Map<String, TensorSpec> known, List<String> problems) {
        TensorSpec declared = known.get(stated.name());
        if (declared == null) {
            problems.add(kind + " '" + stated.name() + "' is not declared by the class, which has "
                    + known.keySet().stream().sorted().toList());
        } else if (declared.type() != stated.type()) {
            problems.add(kind + " '" + stated.name() + "' is "
                    + stated.type().wireName() + ", the class declares "
                    + declared.type().wireName());
        } else if (!covers(declared.dims(), stated.dims())) {
            problems.add(kind + " '" + stated.name() + "' has dims " + stated.renderDims() + ", the class declares "
                    + declared.renderDims() + " (both with the batch dimension, where there is one)");
        }
    }

    private static boolean covers(List<Long> declared, List<Long> stated) {
        if (declared.size() != stated.size()) {
            return false;
        }
        for (int axis = 0; axis < declared.size(); axis++) {
            if (declared.get(axis) != TensorSpec.ANY && !declared.get(axis).equals(stated.get(axis))) {
                return false;
            }
        }
        return true;
    }

    private static TensorSpec spec(ModelConfig config, ModelInput input) {
        return spec(config, input.name(), input.type(), input.dims(), input.reshape());
    }

    private static TensorSpec spec(ModelConfig config, ModelOutput output) {
        return spec(config, output.name(), output.type(), output.dims(), output.reshape());
    }

    private static TensorSpec spec(
            ModelConfig config, String name, DataType type, List<Long> dims, @Nullable List<Long> reshape) {
        List<Long> seenByCode = reshape == null ? dims : reshape;
        return new ModelOutput(name, type, seenByCode, null, null).responseSpec(config.isBatched());
    }
}
