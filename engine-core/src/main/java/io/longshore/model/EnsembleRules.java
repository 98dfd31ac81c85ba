package io.longshore.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must hold for an ensemble by itself, whatever models it is made of.
 *
 * <p>Message texts follow {@code model_config_utils.cc} of Triton's core, which stops at the first problem.
 */
public final class EnsembleRules {
    private final String name;
    private final Ensemble ensemble;
    private final Set<String> inputs;
    private final Set<String> outputs;
    private final List<String> problems = new ArrayList<>();
    /** The steps that take a tensor, and those that give it, by its name. */
    private final Map<String, Set<Integer>> takers = new TreeMap<>();

    private final Map<String, Set<Integer>> givers = new TreeMap<>();

    private EnsembleRules(ModelConfig.Builder config, Ensemble ensemble) {
        this.name = config.name();
        this.ensemble = ensemble;
        this.inputs =
                new TreeSet<>(config.inputs().stream().map(ModelInput::name).toList());
        this.outputs =
                new TreeSet<>(config.outputs().stream().map(ModelOutput::name).toList());
    }

    /** All that is wrong with a configuration's ensemble; empty where it states none. */
    public static List<String> problems(ModelConfig.Builder config) {
        return config.ensemble()
                .map(ensemble -> new EnsembleRules(config, ensemble).check())
                .orElse(List.of());
    }

    private List<String> check() {
        if (ensemble.steps().isEmpty()) {
            problems.add("must specify 'step' for ensemble '" + name + "'");
            return problems;
        }
        for (int i = 0; i < ensemble.steps().size(); i++) {
            checkStep(i, ensemble.steps().get(i));
        }
        checkSources();
        checkOrder();
        checkOutputs();
        checkUses();
        return problems;
    }

    private void checkStep(int number, Ensemble.Step step) {
        String where = " in step " + number + " of ensemble '" + name + "'";
        if (step.model().isEmpty()) {
            problems.add("must specify 'model_name'" + where);
        }
        if (step.version() != Ensemble.Step.LATEST && step.version() < 1) {
            problems.add("model_version" + where + " is -1 for the latest, or at least 1, got " + step.version());
        }
        if (step.inputMap().isEmpty()) {
            problems.add("must specify 'input_map'" + where);
        }
        if (step.outputMap().isEmpty()) {
            problems.add("must specify 'output_map'" + where);
        }
        step.inputMap()
                .values()
                .forEach(tensor -> takers.computeIfAbsent(tensor, absent -> new TreeSet<>())
                        .add(number));
        Set<String> own = new HashSet<>();
        for (String tensor : step.outputMap().values()) {
            Set<Integer> before = givers.computeIfAbsent(tensor, absent -> new TreeSet<>());
            if (!own.add(tensor) || !before.isEmpty()) {
                problems.add("ensemble tensor '" + tensor + "' can appear in an output map only once for ensemble '"
                        + name + "' step " + number);
            } else if (inputs.contains(tensor)) {
                problems.add("ensemble tensor '" + tensor + "' is an input of ensemble '" + name
                        + "' and cannot come out of step " + number + " too; give one of them another name");
            }
            before.add(number);
        }
    }

    /** Every tensor that a step takes comes from somewhere. */
    private void checkSources() {
        takers.forEach((tensor, steps) -> {
            if (!inputs.contains(tensor) && !givers.containsKey(tensor)) {
                problems.add("ensemble tensor '" + tensor + "', which step "
                        + steps.iterator().next() + " takes, is neither an input of ensemble '" + name
                        + "' nor the output of a step");
            }
        });
    }

    /** No step waits for itself. */
    private void checkOrder() {
        Set<String> sources = new HashSet<>(takers.keySet());
        sources.removeAll(givers.keySet());
        sources.addAll(inputs);
        List<Integer> order = ensemble.order(sources);
        List<Integer> stuck = new ArrayList<>();
        for (int i = 0; i < ensemble.steps().size(); i++) {
            if (!order.contains(i)) {
                stuck.add(i);
            }
        }
        if (!stuck.isEmpty()) {
            problems.add("the data flow of ensemble '" + name + "' has a cycle: the steps " + stuck
                    + " wait for each other's outputs");
        }
    }

    private void checkOutputs() {
        for (String output : outputs) {
            if (!givers.containsKey(output) && !takers.containsKey(output)) {
                problems.add("ensemble output '" + output + "' for ensemble '" + name + "' is not used");
            } else if (!givers.containsKey(output) && !inputs.contains(output)) {
                problems.add("output '" + output + "' for ensemble '" + name + "' is not written");
            }
        }
    }

    private void checkUses() {
        for (String input : inputs) {
            if (!takers.containsKey(input)) {
                problems.add("ensemble input '" + input + "' for ensemble '" + name + "' is not used");
            }
        }
        for (String tensor : givers.keySet()) {
            if (!takers.containsKey(tensor) && !outputs.contains(tensor)) {
                problems.add("ensemble tensor '" + tensor + "' is unused in ensemble '" + name + "'");
            }
        }
    }
}
