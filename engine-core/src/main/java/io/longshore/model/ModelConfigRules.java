package io.longshore.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold for a configuration before it may exist. */
final class ModelConfigRules {
    private ModelConfigRules() {}

    static List<String> problems(ModelConfig.Builder config) {
        List<String> problems = new ArrayList<>();
        int maxBatchSize = config.maxBatchSize().orElse(0);
        if (maxBatchSize < 0) {
            problems.add("max_batch_size is at least 0, got " + maxBatchSize);
        }
        checkNames("input", config.inputs().stream().map(ModelInput::name).toList(), problems);
        checkNames("output", config.outputs().stream().map(ModelOutput::name).toList(), problems);
        for (ModelInput input : config.inputs()) {
            checkDims("input '" + input.name() + "'", input.dims(), input.reshape(), problems);
        }
        for (ModelOutput output : config.outputs()) {
            checkDims("output '" + output.name() + "'", output.dims(), output.reshape(), problems);
        }
        config.dynamicBatching().ifPresent(batching -> problems.addAll(batching.problems(config)));
        config.ragged().ifPresent(ragged -> problems.addAll(ragged.problems(config)));
        problems.addAll(SequenceRules.problems(config));
        problems.addAll(EnsembleRules.problems(config));
        problems.addAll(WarmupRules.problems(config));
        checkCache(config, problems);
        config.latencyBounds().forEach((family, bounds) -> checkBounds(family, bounds, problems));
        config.metricTags().keySet().stream()
                .filter(tag -> !isMetricTag(tag))
                .forEach(tag -> problems.add("metric_tags: '" + tag + "' is no name of a label"));
        return problems;
    }

    /** Source of the texts: {@code model_config_utils.cc} of Triton's core. */
    private static void checkCache(ModelConfig.Builder config, List<String> problems) {
        String refusal = "Response Cache does not currently support model " + config.name();
        String remedy = ". Please disable the response cache.";
        if (config.usesResponseCache() && config.sequenceBatching().isPresent()) {
            problems.add(refusal + " with sequence batching scheduler" + remedy);
        }
        if (config.usesResponseCache() && config.isDecoupled()) {
            problems.add(refusal + " with 'decoupled' transaction policy" + remedy);
        }
    }

    /** Whether a tag's name can be a label's with the {@code _} that Triton puts before it; two of them are reserved. */
    static boolean isMetricTag(String name) {
        return name.matches("[a-zA-Z0-9][a-zA-Z0-9_]*");
    }

    private static void checkBounds(LatencyFamily family, List<Double> bounds, List<String> problems) {
        String problem = LatencyFamily.problem(bounds);
        if (!problem.isEmpty()) {
            problems.add("model_metrics: " + family.metricName() + " has " + problem);
        }
    }

    private static void checkNames(String kind, List<String> names, List<String> problems) {
        if (names.isEmpty()) {
            problems.add(
                    "no " + kind + " is declared: at least one '" + kind + "' with name, data_type and dims is needed");
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isEmpty()) {
                problems.add("an " + kind + " has no name");
            } else if (!seen.add(name)) {
                problems.add(kind + " '" + name + "' is declared twice");
            }
        }
    }

    private static void checkDims(String tensor, List<Long> dims, @Nullable List<Long> reshape, List<String> problems) {
        checkEach(tensor + " dims", dims, problems);
        if (reshape != null) {
            checkEach(tensor + " reshape", reshape, problems);
            checkSameSize(tensor, dims, reshape, problems);
        }
    }

    private static void checkEach(String field, Collection<Long> dims, List<String> problems) {
        for (long dim : dims) {
            if (dim < -1) {
                problems.add(field + " must be -1 or at least 0, got " + dim);
            }
        }
    }

    /** A reshape keeps the elements: as many of fixed size, and as many dimensions of any size. */
    private static void checkSameSize(String tensor, List<Long> dims, List<Long> reshape, List<String> problems) {
        if (!fixedProduct(dims).equals(fixedProduct(reshape)) || anyCount(dims) != anyCount(reshape)) {
            problems.add(tensor + " has dims " + dims + " and reshape " + reshape
                    + ", which do not hold the same number of elements");
        }
    }

    /** Not a long: dimensions that multiply to more than one holds would compare by their remainders. */
    private static BigInteger fixedProduct(List<Long> dims) {
        return dims.stream()
                .filter(dim -> dim >= 0)
                .map(BigInteger::valueOf)
                .reduce(BigInteger.ONE, BigInteger::multiply);
    }

    private static long anyCount(List<Long> dims) {
        return dims.stream().filter(dim -> dim == -1).count();
    }
}
