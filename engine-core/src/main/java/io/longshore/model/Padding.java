package io.longshore.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How requests of different lengths are made equally long, so that they can run together. A tensor's length is the size of
 * its one variable dimension; the inputs named here have one length in each request.
 *
 * @param values for each input that may be padded, the value that fills it up, as stated
 * @param buckets lengths to pad to, ascending; what is longer than all of them, or anything where there are none, is padded to
 *     the longest of its batch
 * @param outputs those that are as long as the inputs, and are cut back; null = every one with a variable dimension
 */
public record Padding(
        Map<String, String> values,
        List<Long> buckets,
        @Nullable List<String> outputs) {
    /** The parameter of a model's configuration that names the inputs and their values. */
    public static final String INPUTS = "longshore.padding";

    /** The parameter that states the buckets. */
    public static final String BUCKETS = "longshore.padding_buckets";

    /** The parameter that names the outputs. */
    public static final String OUTPUTS = "longshore.padding_outputs";

    public Padding {
        values = Map.copyOf(values);
        buckets = List.copyOf(buckets);
        outputs = outputs == null ? null : List.copyOf(outputs);
    }

    /** Whether an output is cut back where it was padded. */
    public boolean crops(ModelOutput output) {
        return outputs == null
                ? variableDims(output.backendDims()) > 0
                : Objects.requireNonNull(outputs).contains(output.name());
    }

    /** What does not hold. */
    List<String> problems(ModelConfig.Builder config) {
        List<String> problems = new ArrayList<>();
        if (config.maxBatchSize().orElse(0) < 2) {
            problems.add(INPUTS + " is for models that take batches: max_batch_size is at least 2, got "
                    + config.maxBatchSize().orElse(0));
        }
        values.forEach((name, value) -> checkInput(config, name, value, problems));
        if (outputs != null) {
            Objects.requireNonNull(outputs).forEach(name -> checkNamed(config, name, problems));
        }
        config.outputs().stream().filter(this::crops).forEach(output -> checkDims(output, problems));
        return problems;
    }

    private static void checkInput(ModelConfig.Builder config, String name, String value, List<String> problems) {
        Optional<ModelInput> named = config.inputs().stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
        if (named.isEmpty()) {
            problems.add(INPUTS + " names '" + name + "', which is no input of the model; its inputs are "
                    + config.inputs().stream().map(ModelInput::name).toList());
            return;
        }
        ModelInput input = named.get();
        if (variableDims(input.backendDims()) != 1) {
            problems.add(INPUTS + " names input '" + name + "' with dims " + input.backendDims()
                    + "; an input that is padded has exactly one dimension of -1");
        }
        if (input.type().isVariableWidth()) {
            problems.add(INPUTS + " names input '" + name + "' of type "
                    + input.type().wireName() + "; only numbers can be padded");
        } else if (PadValue.bytes(input.type(), value).isEmpty()) {
            problems.add(INPUTS + " has '" + value + "' for input '" + name + "', which is no value of type "
                    + input.type().wireName());
        }
    }

    private static void checkNamed(ModelConfig.Builder config, String name, List<String> problems) {
        List<String> known = config.outputs().stream().map(ModelOutput::name).toList();
        if (!known.contains(name)) {
            problems.add(OUTPUTS + " names '" + name + "', which is no output of the model; its outputs are " + known);
        }
    }

    private static void checkDims(ModelOutput output, List<String> problems) {
        if (variableDims(output.backendDims()) != 1) {
            problems.add("output '" + output.name() + "' with dims " + output.backendDims()
                    + " cannot be cut back to a request's"
                    + " length: state exactly one dimension of -1, or name in " + OUTPUTS
                    + " the outputs that are as long as the inputs");
        }
    }

    private static long variableDims(List<Long> dims) {
        return dims.stream().filter(dim -> dim == -1).count();
    }
}
