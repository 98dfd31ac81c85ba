package io.longshore.backend.onnxruntime;

import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.spi.BackendException;
import io.longshore.tensor.DataType;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fills a configuration from a model's signature, by Triton's rules: a section ({@code input}, {@code output}) is filled
 * only where it is empty, and nothing is touched where both are stated. The model is taken to batch where every tensor's
 * first dimension is open. What the server itself gives to the model and takes from it, for sequences, is filled in nowhere.
 */
final class ConfigCompletion {
    /** What {@code max_batch_size} becomes for a model that can batch, unless the backend's settings say otherwise. */
    private static final int DEFAULT_MAX_BATCH_SIZE = 4;

    private final ModelConfig.Builder config;
    private final GraphSignature signature;

    private ConfigCompletion(ModelConfig.Builder config, GraphSignature signature) {
        this.config = config;
        this.signature = signature;
    }

    /** Whether there is anything to fill in. */
    static boolean isNeeded(ModelConfig.Builder config) {
        return config.inputs().isEmpty() || config.outputs().isEmpty();
    }

    /**
     * Fills what is empty.
     *
     * @param settings the backend's
     * @throws BackendException if what is stated cannot be completed from such a model
     */
    static void complete(ModelConfig.Builder config, GraphSignature signature, BackendSettings settings)
            throws BackendException {
        new ConfigCompletion(config, signature)
                .run(settings.defaultMaxBatchSize().orElse(DEFAULT_MAX_BATCH_SIZE));
    }

    private void run(int defaultMaxBatchSize) throws BackendException {
        boolean batched = chooseBatching(defaultMaxBatchSize);
        if (config.inputs().isEmpty()) {
            config.inputs(signature.inputs().stream()
                    .filter(tensor -> config.sequenceBatching()
                            .filter(sequences -> sequences.givesInput(tensor.name()))
                            .isEmpty())
                    .filter(tensor -> config.ragged()
                            .filter(ragged -> ragged.madeInputs().contains(tensor.name()))
                            .isEmpty())
                    .map(tensor -> input(tensor, batched))
                    .toList());
        }
        if (config.outputs().isEmpty()) {
            config.outputs(signature.outputs().stream()
                    .filter(tensor -> config.sequenceBatching()
                            .filter(sequences -> sequences.takesOutput(tensor.name()))
                            .isEmpty())
                    .map(tensor -> output(tensor, batched))
                    .toList());
        }
    }

    private boolean chooseBatching(int defaultMaxBatchSize) throws BackendException {
        if (config.maxBatchSize().isEmpty()) {
            boolean batched = signature.isBatchable() && defaultMaxBatchSize > 0 && !statesFullShapes();
            config.maxBatchSize(batched ? defaultMaxBatchSize : 0);
        }
        boolean batched = config.maxBatchSize().orElse(0) > 0;
        if (batched && !signature.isBatchable()) {
            throw new BackendException("autofill failed for model '" + config.name()
                    + "': model does not support batching while non-zero max_batch_size is specified");
        }
        return batched;
    }

    /** Whether a stated tensor has as many dimensions as the model's, so that none of them is left for a batch. */
    private boolean statesFullShapes() {
        return Stream.concat(
                        config.backendInputs().stream()
                                .filter(input ->
                                        sameRank(signature.input(input.name()), input.reshape(), input.dims())),
                        config.backendOutputs().stream()
                                .filter(output ->
                                        sameRank(signature.output(output.name()), output.reshape(), output.dims())))
                .findAny()
                .isPresent();
    }

    private static boolean sameRank(@Nullable GraphTensor actual, @Nullable List<Long> reshape, List<Long> dims) {
        return actual != null && actual.sizes().size() == (reshape == null ? dims : reshape).size();
    }

    private static ModelInput input(GraphTensor tensor, boolean batched) {
        List<Long> dims = dims(tensor, batched);
        // Triton's configurations have no tensor of no dimensions: a scalar is [1], reshaped to [].
        return dims.isEmpty()
                ? new ModelInput(tensor.name(), dataType(tensor), List.of(1L), List.of(), false)
                : new ModelInput(tensor.name(), dataType(tensor), dims, null, false);
    }

    private static ModelOutput output(GraphTensor tensor, boolean batched) {
        List<Long> dims = dims(tensor, batched);
        return dims.isEmpty()
                ? new ModelOutput(tensor.name(), dataType(tensor), List.of(1L), List.of(), null)
                : new ModelOutput(tensor.name(), dataType(tensor), dims, null, null);
    }

    private static List<Long> dims(GraphTensor tensor, boolean batched) {
        List<Long> sizes = tensor.sizes();
        return batched ? sizes.subList(1, sizes.size()) : sizes;
    }

    /** The datatype; a stand-in where there is none, which {@link ConfigCheck} reports next. */
    private static DataType dataType(GraphTensor tensor) {
        ElementType type = tensor.type();
        return type == null ? DataType.BYTES : type.dataType();
    }
}
