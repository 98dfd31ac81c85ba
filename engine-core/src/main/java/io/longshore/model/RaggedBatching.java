package io.longshore.model;

import io.longshore.tensor.DataType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How requests of different shapes run together without padding: the elements of an input stand behind one another in one
 * dimension, and inputs that the server makes tell the model where each request's are.
 *
 * <p>Source: Triton's {@code ragged_batching.md} and {@code model_config.proto}; what each kind holds, {@code
 * backend_input_collector.cc} of its backend library.
 *
 * @param inputs those that may differ in shape ({@code allow_ragged_batch})
 * @param batchInputs inputs that the server makes
 * @param batchOutputs outputs that are taken apart by the shapes of inputs
 */
public record RaggedBatching(Set<String> inputs, List<BatchInput> batchInputs, List<BatchOutput> batchOutputs) {
    /** What a {@link BatchInput} holds. Requests count, and not rows, but for the two kinds of item shapes. */
    public enum Kind {
        /** For each request, the elements of the source; {@code [requests]}. */
        BATCH_ELEMENT_COUNT,
        /** For each request, the elements of the source up to its last; {@code [requests]}. */
        BATCH_ACCUMULATED_ELEMENT_COUNT,
        /** The same behind a zero; {@code [requests + 1]}. */
        BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO,
        /** Nothing: its shape is the elements of the request that has most, and its values are zeros. */
        BATCH_MAX_ELEMENT_COUNT_AS_SHAPE,
        /** For each row, the shape of the source without the batch dimension; {@code [rows, dimensions]}. */
        BATCH_ITEM_SHAPE,
        /** The same in one dimension; {@code [rows * dimensions]}. */
        BATCH_ITEM_SHAPE_FLATTEN
    }

    /**
     * An input that the server makes.
     *
     * @param targets its names; each gets the same
     * @param type INT32 or FP32
     * @param source the input that it tells of
     */
    public record BatchInput(Kind kind, List<String> targets, DataType type, String source) {
        public BatchInput {
            targets = List.copyOf(targets);
        }
    }

    /**
     * Outputs whose elements stand behind one another, request by request; each request's has the declared dimensions, and where
     * these are variable, those that its source has at the same place ({@code BATCH_SCATTER_WITH_INPUT_SHAPE}).
     *
     * @param targets names of outputs
     * @param source an input
     */
    public record BatchOutput(List<String> targets, String source) {
        public BatchOutput {
            targets = List.copyOf(targets);
        }
    }

    /** Nothing of the kind. */
    public static final RaggedBatching NONE = new RaggedBatching(Set.of(), List.of(), List.of());

    public RaggedBatching {
        inputs = Set.copyOf(inputs);
        batchInputs = List.copyOf(batchInputs);
        batchOutputs = List.copyOf(batchOutputs);
    }

    /** Whether there is nothing of the kind. */
    public boolean isEmpty() {
        return inputs.isEmpty() && batchInputs.isEmpty() && batchOutputs.isEmpty();
    }

    /** The names of the inputs that the server makes. */
    public Set<String> madeInputs() {
        return batchInputs.stream().flatMap(made -> made.targets().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether an output is taken apart by the shapes of an input. */
    public boolean scatters(String output) {
        return batchOutputs.stream().anyMatch(scattered -> scattered.targets().contains(output));
    }

    /** What does not hold; texts as of {@code ValidateBatchIO} in Triton's {@code model_config_utils.cc}. */
    List<String> problems(ModelConfig.Builder config) {
        List<String> problems = new ArrayList<>();
        if (config.maxBatchSize().orElse(0) < 1) {
            problems.add("allow_ragged_batch, batch_input and batch_output are for models that take batches:"
                    + " max_batch_size is at least 1, got "
                    + config.maxBatchSize().orElse(0));
        }
        if (config.sequenceBatching().isPresent()) {
            problems.add("allow_ragged_batch, batch_input and batch_output are for models without sequence_batching,"
                    + " whose requests run by themselves");
        }
        if (config.dynamicBatching().map(DynamicBatching::padding).isPresent()) {
            problems.add(
                    Padding.INPUTS + " and allow_ragged_batch exclude each other: what differs in length is padded,"
                            + " or stands behind one another");
        }
        checkInputs(config, problems);
        checkOutputs(config, problems);
        return problems;
    }

    private void checkInputs(ModelConfig.Builder config, List<String> problems) {
        Set<String> names =
                config.inputs().stream().map(ModelInput::name).collect(Collectors.toCollection(HashSet::new));
        Stream.concat(
                        batchInputs.stream().map(BatchInput::source),
                        batchOutputs.stream().map(BatchOutput::source))
                .filter(source -> !names.contains(source))
                .forEach(source -> problems.add("unknown source input name '" + source + "'"));
        for (BatchInput made : batchInputs) {
            if (made.type() != DataType.INT32 && made.type() != DataType.FP32) {
                problems.add("batch input data type must be TYPE_INT32 or TYPE_FP32");
            }
            made.targets().stream()
                    .filter(target -> !names.add(target))
                    .forEach(target -> problems.add("batch_input: '" + target
                            + "' is given to the model twice; name each tensor once in input or" + " batch_input"));
        }
        config.inputs().stream()
                .filter(input -> input.optional() && isSource(input.name()))
                .forEach(input -> problems.add("input '" + input.name()
                        + "' is optional, which is not supported for a ragged input or a source of batch_input"));
    }

    private boolean isSource(String input) {
        return inputs.contains(input)
                || batchInputs.stream().anyMatch(made -> made.source().equals(input))
                || batchOutputs.stream()
                        .anyMatch(scattered -> scattered.source().equals(input));
    }

    private void checkOutputs(ModelConfig.Builder config, List<String> problems) {
        Set<String> names = config.outputs().stream().map(ModelOutput::name).collect(Collectors.toSet());
        Set<String> targets = new HashSet<>();
        for (BatchOutput scattered : batchOutputs) {
            for (String target : scattered.targets()) {
                if (!names.contains(target)) {
                    problems.add("unknown target output name '" + target + "'");
                } else if (!targets.add(target)) {
                    problems.add("target output name '" + target + "' can only be specified once");
                }
            }
        }
    }
}
