package io.longshore.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model that is made of others ({@code ensemble_scheduling} of a model configuration): steps, each a call of a model,
 * and the tensors between them, which have names of their own. A step runs once all tensors that it takes are there.
 * Immutable.
 *
 * @param steps the calls, in no particular order
 * @param maxInflightRequests requests that may be at each step at once, over all requests to the ensemble; 0 = any number
 */
public record Ensemble(List<Step> steps, long maxInflightRequests) {
    /** Triton's platform of such a model, which has no backend. */
    public static final String PLATFORM = "ensemble";

    public Ensemble {
        steps = List.copyOf(steps);
    }

    /** An ensemble whose steps may have any number of requests. */
    public static Ensemble of(Step... steps) {
        return new Ensemble(List.of(steps), 0);
    }

    /**
     * A call of a model.
     *
     * @param model its name
     * @param version the version wanted; {@link #LATEST} = the highest that is ready
     * @param inputMap the ensemble's tensors by the model's inputs that they go into
     * @param outputMap the ensemble's tensors by the model's outputs that they come from
     */
    public record Step(String model, long version, Map<String, String> inputMap, Map<String, String> outputMap) {
        /** The version of a step that takes the highest one. */
        public static final long LATEST = -1;

        public Step {
            inputMap = Collections.unmodifiableMap(new LinkedHashMap<>(inputMap));
            outputMap = Collections.unmodifiableMap(new LinkedHashMap<>(outputMap));
        }

        /** A call of a model's latest version. */
        public static Step of(String model, Map<String, String> inputMap, Map<String, String> outputMap) {
            return new Step(model, LATEST, inputMap, outputMap);
        }

        /** The version wanted, as requests name it. */
        public ModelSelector selector() {
            return version == LATEST ? ModelSelector.latest(model) : ModelSelector.exact(model, version);
        }
    }

    /** The names of the models that it is made of, each once, in the order of the steps. */
    public Set<String> models() {
        Set<String> models = new LinkedHashSet<>();
        steps.forEach(step -> models.add(step.model()));
        return Collections.unmodifiableSet(models);
    }

    /**
     * The steps as they can run one after the other, as positions in {@link #steps}. One that waits for a tensor which
     * nothing gives is not among them.
     *
     * @param inputs the names of the tensors that are there at the start
     */
    List<Integer> order(Collection<String> inputs) {
        Set<String> there = new LinkedHashSet<>(inputs);
        List<Integer> order = new ArrayList<>();
        boolean grows = true;
        while (grows) {
            grows = false;
            for (int i = 0; i < steps.size(); i++) {
                if (!order.contains(i)
                        && there.containsAll(steps.get(i).inputMap().values())) {
                    order.add(i);
                    there.addAll(steps.get(i).outputMap().values());
                    grows = true;
                }
            }
        }
        return order;
    }
}
