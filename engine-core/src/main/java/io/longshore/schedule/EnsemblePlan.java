package io.longshore.schedule;

import io.longshore.model.Ensemble;
import io.longshore.model.Ensemble.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which steps of an ensemble run for the outputs that a request asks for, and who takes each tensor. Immutable. */
final class EnsemblePlan {
    private final List<Step> steps;
    private final List<String> outputs;
    private final List<Integer> needed = new ArrayList<>();
    private final Map<String, List<Integer>> takers = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();

    /**
     * @param ensemble one that is right by itself
     * @param outputs the ensemble's outputs that are wanted
     */
    EnsemblePlan(Ensemble ensemble, Collection<String> outputs) {
        this.steps = ensemble.steps();
        this.outputs = List.copyOf(outputs);
        outputs.forEach(output -> uses.merge(output, 1, Integer::sum));
        Set<Integer> all = backwards();
        for (int number = 0; number < steps.size(); number++) {
            if (all.contains(number)) {
                take(number);
            }
        }
    }

    /** The steps without which some output would be missing. */
    private Set<Integer> backwards() {
        Set<Integer> found = new HashSet<>();
        Set<String> wanted = new HashSet<>(outputs);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (int number = 0; number < steps.size(); number++) {
                Step step = steps.get(number);
                if (step.outputMap().values().stream().anyMatch(wanted::contains) && found.add(number)) {
                    wanted.addAll(step.inputMap().values());
                    grows = true;
                }
            }
        }
        return found;
    }

    private void take(int number) {
        needed.add(number);
        for (String tensor : steps.get(number).inputMap().values()) {
            uses.merge(tensor, 1, Integer::sum);
            List<Integer> known = takers.computeIfAbsent(tensor, absent -> new ArrayList<>());
            if (!known.contains(number)) {
                known.add(number);
            }
        }
    }

    /** The positions of the steps that run, ascending. */
    List<Integer> needed() {
        return List.copyOf(needed);
    }

    /** A step by its position. */
    Step step(int number) {
        return steps.get(number);
    }

    /** How many steps the ensemble has, those that do not run included. */
    int size() {
        return steps.size();
    }

    /** The ensemble's outputs that are wanted. */
    List<String> outputs() {
        return outputs;
    }

    /** The steps that take a tensor. */
    List<Integer> takers(String tensor) {
        return takers.getOrDefault(tensor, List.of());
    }

    /** How often a tensor is taken: once for each input of a step that it goes into, and once as a wanted output. */
    int uses(String tensor) {
        return uses.getOrDefault(tensor, 0);
    }

    /** Of a step's outputs, as its model calls them, those that somebody takes. */
    List<String> usedOutputs(int number) {
        return steps.get(number).outputMap().entrySet().stream()
                .filter(entry -> uses(entry.getValue()) > 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
