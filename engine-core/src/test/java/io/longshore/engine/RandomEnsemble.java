package io.longshore.engine;

import io.longshore.model.Ensemble;
import io.longshore.model.Ensemble.Step;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** An ensemble whose steps and tensors are drawn by chance, over the models {@code add1} to {@code add3}. */
final class RandomEnsemble {
    /** The models: {@code addN} takes N tensors and answers their sum plus N. */
    static final List<Integer> MODELS = List.of(1, 2, 3);

    private final List<Step> order = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Ensemble ensemble;

    RandomEnsemble(Random random) {
        List<String> tensors = new ArrayList<>(List.of("INPUT0"));
        Set<String> taken = new HashSet<>();
        int count = 1 + random.nextInt(8);
        for (int number = 0; number < count; number++) {
            int arity = 1 + random.nextInt(3);
            Map<String, String> inputs = new LinkedHashMap<>();
            for (int i = 0; i < arity; i++) {
                String tensor = number == 0 ? "INPUT0" : tensors.get(random.nextInt(tensors.size()));
                inputs.put("I" + i, tensor);
                taken.add(tensor);
            }
            order.add(Step.of("add" + arity, inputs, Map.of("OUTPUT0", "T" + number)));
            tensors.add("T" + number);
        }
        tensors.remove("INPUT0");
        tensors.forEach(tensor -> {
            if (!taken.contains(tensor) || random.nextInt(4) == 0) {
                outputs.add(tensor);
            }
        });
        List<Step> shuffled = new ArrayList<>(order);
        Collections.shuffle(shuffled, random);
        this.ensemble = new Ensemble(shuffled, random.nextInt(3));
    }

    /** A model that adds so many tensors. */
    static Consumer<ModelConfig.Builder> model(int arity) {
        List<ModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < arity; i++) {
            inputs.add(Ensembles.input("I" + i));
        }
        return config -> config.inputs(inputs);
    }

    /** The ensemble as a configuration. */
    Consumer<ModelConfig.Builder> config() {
        List<ModelOutput> declared = outputs.stream().map(Ensembles::output).toList();
        return Ensembles.of(ensemble).andThen(config -> config.outputs(declared));
    }

    /** The names of its outputs. */
    List<String> outputs() {
        return outputs;
    }

    /** An output as the steps one after the other would give it. */
    float expected(String output, float input) {
        Map<String, Float> values = new HashMap<>(Map.of("INPUT0", input));
        for (Step step : order) {
            float sum = step.inputMap().size();
            for (String tensor : step.inputMap().values()) {
                sum += Objects.requireNonNull(values.get(tensor));
            }
            values.put(step.outputMap().get("OUTPUT0"), sum);
        }
        return Objects.requireNonNull(values.get(output));
    }

    @Override
    public String toString() {
        return ensemble + " giving " + outputs;
    }
}
