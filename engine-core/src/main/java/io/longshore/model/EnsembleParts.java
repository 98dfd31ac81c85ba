package io.longshore.model;

import io.longshore.tensor.DataType;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Holds an ensemble against the models that it is made of: their tensors against each other's and against its own, as far
 * as that can be said before any tensor is there.
 *
 * <p>Rules and message texts follow {@code ensemble_utils.cc} of Triton's core, which stops at the first problem.
 */
public final class EnsembleParts {
    private final ModelConfig.Builder config;
    private final Ensemble ensemble;
    private final List<ModelConfig> parts;
    private final List<String> problems = new ArrayList<>();
    /** Where each of the ensemble's tensors was met first. */
    private final Map<String, Declared> tensors = new HashMap<>();

    private boolean decoupled;

    private EnsembleParts(ModelConfig.Builder config, Ensemble ensemble, List<ModelConfig> parts) {
        this.config = config;
        this.ensemble = ensemble;
        this.parts = parts;
    }

    /** A tensor as a model declares it. */
    private record Declared(String model, DataType type, List<Long> dims, boolean batched) {
        List<Long> fullDims() {
            return ModelOutput.withBatch(dims, batched);
        }

        String typeName() {
            return type == DataType.BYTES ? "TYPE_STRING" : "TYPE_" + type.wireName();
        }
    }

    /**
     * What comes of it.
     *
     * @param problems why the ensemble cannot serve; empty where it can
     * @param decoupled whether a request may get any number of responses, since a part gives them
     */
    public record Result(List<String> problems, boolean decoupled) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Checks an ensemble.
     *
     * @param config one that states an ensemble which is right by itself
     * @param parts the configuration that each step is served with
     */
    public static Result check(ModelConfig.Builder config, Function<Ensemble.Step, ModelConfig> parts) {
        Ensemble ensemble = config.ensemble().orElseThrow();
        EnsembleParts check = new EnsembleParts(
                config, ensemble, ensemble.steps().stream().map(parts).toList());
        check.run();
        return new Result(check.problems, check.decoupled);
    }

    private void run() {
        boolean batched = config.maxBatchSize().orElse(0) > 0;
        for (ModelInput input : config.inputs()) {
            tensors.put(input.name(), new Declared(config.name(), input.type(), input.backendDims(), batched));
        }
        for (ModelOutput output : config.outputs()) {
            meet(output.name(), new Declared(config.name(), output.type(), output.backendDims(), batched));
        }
        for (int i = 0; i < parts.size(); i++) {
            checkBatchSize(parts.get(i));
            checkInputs(ensemble.steps().get(i), parts.get(i));
            checkOutputs(ensemble.steps().get(i), parts.get(i));
        }
        checkDecoupled();
    }

    private void checkBatchSize(ModelConfig part) {
        int wanted = config.maxBatchSize().orElse(0);
        if (part.isBatched() && part.maxBatchSize() < wanted) {
            problems.add("ensemble " + config.name() + " allows maximum batch size " + wanted
                    + ", but it contains model " + part.name() + " which only allows maximum batch size to be "
                    + part.maxBatchSize());
        }
    }

    private void checkInputs(Ensemble.Step step, ModelConfig part) {
        step.inputMap()
                .forEach((name, tensor) -> part.input(name)
                        .ifPresentOrElse(
                                input -> meet(
                                        tensor,
                                        new Declared(part.name(), input.type(), input.dims(), part.isBatched())),
                                () -> problem("ensemble tensor " + tensor + " is mapping to non-existing input " + name
                                        + " in model " + part.name())));
        for (ModelInput input : part.inputs()) {
            if (!input.optional() && !step.inputMap().containsKey(input.name())) {
                problem("input " + input.name() + " in model " + part.name()
                        + " is not mapped to any ensemble tensors");
            }
        }
    }

    private void checkOutputs(Ensemble.Step step, ModelConfig part) {
        step.outputMap()
                .forEach((name, tensor) -> part.outputs().stream()
                        .filter(output -> output.name().equals(name))
                        .findFirst()
                        .ifPresentOrElse(
                                output -> meet(
                                        tensor,
                                        new Declared(part.name(), output.type(), output.dims(), part.isBatched())),
                                () -> problem("ensemble tensor " + tensor + " is mapped from non-existing output "
                                        + name + " in model " + part.name())));
    }

    /** Holds what a model says of a tensor against what was said of it first. */
    private void meet(String tensor, Declared declared) {
        Declared first = tensors.putIfAbsent(tensor, declared);
        if (first == null) {
            return;
        }
        String about = "ensemble tensor " + tensor + ": ";
        if (first.type() != declared.type()) {
            problem(about + "inconsistent data type: " + first.typeName() + " is inferred from model " + first.model()
                    + " while " + declared.typeName() + " is inferred from model " + declared.model());
        } else if (!mayBeEqual(first.dims(), declared.dims()) && !mayBeEqual(first.fullDims(), declared.fullDims())) {
            problem(about + "inconsistent shape: " + render(first.fullDims()) + " is inferred from model "
                    + first.model() + " while " + render(declared.fullDims()) + " is inferred from model "
                    + declared.model());
        }
    }

    private static boolean mayBeEqual(List<Long> some, List<Long> others) {
        return EnsembleShapes.mayBeEqual(some, others);
    }

    private static String render(List<Long> dims) {
        return new TensorSpec("", DataType.BOOL, dims).renderDims();
    }

    /** A step whose inputs come from the responses of several decoupled models would not know which belong together. */
    private void checkDecoupled() {
        Map<String, Integer> origins = new HashMap<>();
        List<String> inputs = config.inputs().stream().map(ModelInput::name).toList();
        inputs.forEach(input -> origins.put(input, -1));
        for (int number : ensemble.order(inputs)) {
            Ensemble.Step step = ensemble.steps().get(number);
            int origin = origin(step.inputMap().values().stream(), step.model(), origins);
            int given = parts.get(number).isDecoupled() ? number : origin;
            decoupled |= parts.get(number).isDecoupled();
            step.outputMap().values().forEach(tensor -> origins.put(tensor, given));
        }
        origin(config.outputs().stream().map(ModelOutput::name), config.name(), origins);
    }

    /** The decoupled step that the tensors come from; -1 = the request itself. */
    private int origin(Stream<String> taken, String model, Map<String, Integer> origins) {
        Set<Integer> all = new HashSet<>();
        taken.filter(origins::containsKey).forEach(tensor -> all.add(Objects.requireNonNull(origins.get(tensor))));
        if (all.size() > 1) {
            problem("step of model '" + model + "' receives inputs originated from different decoupled models");
        }
        return all.isEmpty() ? -1 : all.iterator().next();
    }

    private void problem(String what) {
        problems.add("in ensemble " + config.name() + ", " + what);
    }
}
