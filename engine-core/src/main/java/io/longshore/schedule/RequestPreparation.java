package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.BytesElements;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Reshape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds requests against a model's configuration and turns them into what its backend expects. Immutable; one is made for
 * each loaded version, so that a request costs no text and no list that is the same for all.
 *
 * <p>Message texts are those that Triton's clients know; source: {@code infer_request.cc} of Triton's core.
 */
public final class RequestPreparation {
    private static final String BATCH_NOTE =
            " NOTE: Setting a non-zero max_batch_size in the model config requires a batch"
                    + " dimension to be prepended to each input shape. If you want to specify the full shape including the batch"
                    + " dim in your input dims config, try setting max_batch_size to zero. See the model configuration docs for"
                    + " more info on max_batch_size.";

    private final ModelConfig config;
    private final String forModel;
    private final List<TensorSpec> specs;
    private final List<String> allOutputs;

    /** @param config what requests are held against */
    public RequestPreparation(ModelConfig config) {
        this.config = config;
        this.forModel = " for model '" + config.name() + "'";
        this.specs = config.inputs().stream()
                .map(input -> input.requestSpec(config.isBatched()))
                .toList();
        this.allOutputs = config.outputs().stream().map(ModelOutput::name).toList();
    }

    /**
     * The inputs in the order of the configuration, in the shapes that the backend expects. They share the references of
     * the request's inputs.
     *
     * @throws InferenceException INVALID_ARGUMENT naming the first thing that does not fit
     */
    public List<Tensor> inputs(InferenceRequest request) {
        List<Tensor> given = request.inputs();
        checkNames(given);
        List<Tensor> ordered = new ArrayList<>(given.size());
        long batchSize = -1;
        for (int i = 0; i < specs.size(); i++) {
            ModelInput declared = config.inputs().get(i);
            Tensor input = find(given, given.size(), declared.name());
            if (input != null) {
                batchSize = checkBatch(input, batchSize);
                check(input, specs.get(i));
                ordered.add(forBackend(input, declared));
            }
        }
        return ordered;
    }

    /**
     * The names of the outputs to produce, in the order in which the request asked, else in which they are declared.
     *
     * @throws InferenceException INVALID_ARGUMENT if an output is not declared, or asked for twice
     */
    public List<String> outputs(InferenceRequest request) {
        if (request.outputs().isEmpty()) {
            return allOutputs;
        }
        List<String> names = new ArrayList<>(request.outputs().size());
        for (RequestedOutput output : request.outputs()) {
            String name = output.name();
            if (!allOutputs.contains(name)) {
                throw invalid("unexpected inference output '" + name + "'" + forModel);
            }
            if (names.contains(name)) {
                throw invalid("output '" + name + "' already exists in request");
            }
            names.add(name);
        }
        return names;
    }

    private void checkNames(List<Tensor> given) {
        for (int i = 0; i < given.size(); i++) {
            String name = given.get(i).name();
            if (!isDeclared(name)) {
                throw invalid("unexpected inference input '" + name + "'" + forModel);
            }
            if (find(given, i, name) != null) {
                throw invalid("input '" + name + "' already exists in request");
            }
        }
        if (given.size() < config.inputs().size()) {
            checkRequired(given);
        }
    }

    private void checkRequired(List<Tensor> given) {
        List<String> missing = config.inputs().stream()
                .filter(declared -> !declared.optional() && find(given, given.size(), declared.name()) == null)
                .map(declared -> "'" + declared.name() + "'")
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        int most = config.inputs().size();
        long fewest = config.inputs().stream()
                .filter(declared -> !declared.optional())
                .count();
        String expected = fewest == most
                ? "expected " + most + " inputs but got " + given.size() + " inputs"
                : "expected number of inputs between " + fewest + " and " + most + " but got " + given.size()
                        + " inputs";
        throw invalid(expected + forModel + ". Got input(s) ["
                + String.join(
                        ",",
                        given.stream().map(input -> "'" + input.name() + "'").toList())
                + "], but missing required input(s) [" + String.join(",", missing)
                + "]. Please provide all required input(s).");
    }

    private long checkBatch(Tensor input, long batchSize) {
        if (!config.isBatched()) {
            return batchSize;
        }
        if (input.shape().rank() == 0) {
            throw invalid("input '" + input.name() + "' has no shape but model requires batch dimension for '"
                    + config.name() + "'");
        }
        long rows = input.shape().dim(0);
        if (rows > config.maxBatchSize()) {
            throw invalid("inference request batch-size must be <= " + config.maxBatchSize() + " for '" + config.name()
                    + "'");
        }
        if (batchSize >= 0 && rows != batchSize) {
            throw invalid(
                    "input '" + input.name() + "' batch size does not match other inputs for '" + config.name() + "'");
        }
        return rows;
    }

    private void check(Tensor input, TensorSpec spec) {
        if (input.type() != spec.type()) {
            throw invalid("inference input '" + input.name() + "' data-type is '"
                    + input.type().wireName() + "', but model '" + config.name() + "' expects '"
                    + spec.type().wireName() + "'");
        }
        if (!spec.accepts(input.shape())) {
            throw invalid("unexpected shape for input '" + input.name() + "'" + forModel + ". Expected "
                    + spec.renderDims() + ", got " + input.shape() + "." + (config.isBatched() ? BATCH_NOTE : ""));
        }
        if (input.type() == DataType.BYTES) {
            checkElements(input);
        }
    }

    private void checkElements(Tensor input) {
        long expected = input.shape().elementCount();
        long actual;
        try {
            actual = BytesElements.count(input.buffer());
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage() + " for inference input '" + input.name() + "'" + forModel);
        }
        if (actual < expected) {
            throw invalid("expected " + expected + " string elements for inference input '" + input.name() + "'"
                    + forModel + ", got " + actual);
        }
        if (actual > expected) {
            throw invalid("unexpected number of string elements " + (expected + 1) + " for inference input '"
                    + input.name() + "'" + forModel + ", expecting " + expected);
        }
    }

    private Tensor forBackend(Tensor input, ModelInput declared) {
        if (declared.reshape() == null) {
            return input;
        }
        List<Long> dims = Objects.requireNonNull(declared.reshape());
        return new Tensor(
                input.name(),
                input.type(),
                Reshape.shape(input.shape(), dims, declared.dims(), config.isBatched()),
                input.memory());
    }

    private boolean isDeclared(String name) {
        for (TensorSpec spec : specs) {
            if (spec.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The tensor of this name among the first {@code count}, or null. */
    private static @Nullable Tensor find(List<Tensor> tensors, int count, String name) {
        for (int i = 0; i < count; i++) {
            if (tensors.get(i).name().equals(name)) {
                return tensors.get(i);
            }
        }
        return null;
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
