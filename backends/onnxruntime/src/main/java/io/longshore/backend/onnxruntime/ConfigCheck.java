package io.longshore.backend.onnxruntime;

import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.model.RaggedBatching;
import io.longshore.model.RaggedBatching.BatchInput;
import io.longshore.spi.BackendException;
import io.longshore.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a configuration states with what the model is. Every contradiction is reported, not just the first.
 *
 * <p>The messages are those that Triton's clients and tests look for (its {@code L0_model_config} expectations).
 */
final class ConfigCheck {
    private final String model;
    private final int maxBatchSize;
    private final @Nullable RaggedBatching ragged;
    private final GraphSignature signature;
    private final List<String> problems = new ArrayList<>();

    private ConfigCheck(String model, int maxBatchSize, @Nullable RaggedBatching ragged, GraphSignature signature) {
        this.model = model;
        this.maxBatchSize = maxBatchSize;
        this.ragged = ragged;
        this.signature = signature;
    }

    /**
     * Checks declared tensors against the model's.
     *
     * @param maxBatchSize the configuration's; tensors have a batch dimension in front where it is above 0
     * @param ragged the tensors that have none all the same; null = none
     * @throws BackendException naming every contradiction
     */
    static void check(
            String model,
            int maxBatchSize,
            List<ModelInput> inputs,
            List<ModelOutput> outputs,
            @Nullable RaggedBatching ragged,
            GraphSignature signature)
            throws BackendException {
        ConfigCheck check = new ConfigCheck(model, maxBatchSize, ragged, signature);
        check.checkInputs(inputs);
        check.checkMadeInputs();
        check.checkOutputs(outputs);
        if (!check.problems.isEmpty()) {
            throw new BackendException(String.join("; ", check.problems));
        }
    }

    private void checkInputs(List<ModelInput> inputs) {
        boolean allRequired = inputs.stream().noneMatch(ModelInput::optional);
        int expected = inputs.size() + (ragged == null ? 0 : ragged.madeInputs().size());
        if (allRequired && expected != signature.inputs().size()) {
            problems.add("unable to load model '" + model + "', configuration expects " + expected
                    + " inputs, model provides " + signature.inputs().size());
        }
        for (ModelInput input : inputs) {
            GraphTensor actual = signature.input(input.name());
            if (actual == null) {
                problems.add(unexpectedInput(input.name()));
            } else {
                checkType("input", actual, input.type());
                checkInputDims(input, actual);
            }
        }
    }

    private String unexpectedInput(String name) {
        return "unexpected inference input '" + name + "', allowed inputs are: " + names(signature.inputs());
    }

    private void checkInputDims(ModelInput input, GraphTensor actual) {
        boolean isRagged = ragged != null && ragged.inputs().contains(input.name());
        if (!isRagged) {
            checkDims(actual, input.backendDims());
        } else if (actual.dims() != null && !actual.sizes().equals(List.of(-1L))) {
            problems.add("unable to load model '" + model + "', configuration expects model provides input with shape"
                    + " [-1]  for ragged input '" + input.name() + "', model provides " + render(actual.sizes()));
        }
    }

    /** Triton finds such a mistake when the first request runs. */
    private void checkMadeInputs() {
        if (ragged == null) {
            return;
        }
        for (BatchInput made : ragged.batchInputs()) {
            for (String target : made.targets()) {
                GraphTensor actual = signature.input(target);
                if (actual == null) {
                    problems.add(unexpectedInput(target));
                } else {
                    checkType("input", actual, made.type());
                }
            }
        }
    }

    private void checkOutputs(List<ModelOutput> outputs) {
        for (ModelOutput output : outputs) {
            GraphTensor actual = signature.output(output.name());
            if (actual == null) {
                problems.add("unexpected inference output '" + output.name() + "', allowed outputs are: "
                        + names(signature.outputs()));
            } else {
                checkType("output", actual, output.type());
                // What is taken apart by the shapes of an input need not look like the outputs that come of it.
                if (ragged == null || !ragged.scatters(output.name())) {
                    checkDims(actual, output.backendDims());
                }
            }
        }
    }

    private void checkType(String kind, GraphTensor actual, DataType declared) {
        ElementType type = actual.type();
        if (type == null) {
            problems.add("unable to load model '" + model + "', " + kind + " '" + actual.name() + "' is a "
                    + actual.typeName() + ", which has no V2 datatype; export the model with plain tensors there");
        } else if (type.dataType() != declared) {
            problems.add("unable to load model '" + model + "', configuration expects datatype " + configName(declared)
                    + " for " + kind + " '" + actual.name() + "', model provides " + configName(type.dataType()));
        }
    }

    private void checkDims(GraphTensor actual, List<Long> dims) {
        if (actual.dims() == null) {
            return;
        }
        if (maxBatchSize > 0 && !actual.hasOpenFirstDim()) {
            problems.add(about(actual) + "for the model to support batching the shape should have at least 1 dimension"
                    + " and the first dimension must be -1; but shape expected by the model is "
                    + render(actual.sizes()));
            return;
        }
        List<Long> full = new ArrayList<>(dims);
        if (maxBatchSize > 0) {
            full.add(0, -1L);
        }
        if (!isWithin(full, actual.sizes())) {
            problems.add(about(actual) + "the model expects " + actual.sizes().size() + " dimensions (shape "
                    + render(actual.sizes()) + ") but the model configuration specifies " + full.size() + " dimensions "
                    + described(full));
        }
    }

    private String described(List<Long> full) {
        return maxBatchSize > 0
                ? "(an initial batch dimension because max_batch_size > 0 followed by the explicit tensor shape, making"
                        + " complete shape " + render(full) + ")"
                : "(shape " + render(full) + ")";
    }

    /** Whether every shape that the configuration lets through is one that the model takes. */
    private static boolean isWithin(List<Long> declared, List<Long> actual) {
        boolean within = declared.size() == actual.size();
        for (int axis = 0; within && axis < actual.size(); axis++) {
            within = actual.get(axis) == -1 || actual.get(axis).equals(declared.get(axis));
        }
        return within;
    }

    private String about(GraphTensor tensor) {
        return "model '" + model + "', tensor '" + tensor.name() + "': ";
    }

    private static String names(List<GraphTensor> tensors) {
        return tensors.stream().map(GraphTensor::name).collect(Collectors.joining(", "));
    }

    private static String configName(DataType type) {
        return type == DataType.BYTES ? "TYPE_STRING" : "TYPE_" + type.wireName();
    }

    private static String render(List<Long> dims) {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }
}
