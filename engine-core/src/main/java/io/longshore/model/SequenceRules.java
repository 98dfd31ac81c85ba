package io.longshore.model;

import io.longshore.model.SequenceBatching.Oldest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must hold between {@code sequence_batching} and the rest of a configuration. */
final class SequenceRules {
    private final ModelConfig.Builder config;
    private final SequenceBatching sequences;
    private final List<String> problems = new ArrayList<>();

    private SequenceRules(ModelConfig.Builder config, SequenceBatching sequences) {
        this.config = config;
        this.sequences = sequences;
    }

    static List<String> problems(ModelConfig.Builder config) {
        return config.sequenceBatching()
                .map(sequences -> new SequenceRules(config, sequences).check())
                .orElse(List.of());
    }

    private List<String> check() {
        checkInputs();
        checkOutputs();
        checkPreferredSizes();
        if (config.isDecoupled() && !sequences.states().isEmpty()) {
            problems.add(
                    "sequence_batching: a decoupled model gives any number of responses, so there is no one response"
                            + " to take its state from; leave out state or model_transaction_policy");
        }
        return problems;
    }

    private void checkInputs() {
        Set<String> taken =
                config.inputs().stream().map(ModelInput::name).collect(Collectors.toCollection(HashSet::new));
        Stream.concat(
                        sequences.controls().stream().map(SequenceBatching.Control::name),
                        sequences.states().stream().map(SequenceBatching.State::inputName))
                .filter(name -> !taken.add(name))
                .forEach(name -> problems.add("sequence_batching: '" + name
                        + "' is given to the model twice; name each tensor once in input, control_input or state"));
    }

    private void checkOutputs() {
        Set<String> states = new HashSet<>();
        for (SequenceBatching.State state : sequences.states()) {
            if (!states.add(state.outputName())) {
                problems.add("sequence_batching: output '" + state.outputName() + "' is the state of two inputs");
            }
        }
        for (ModelOutput output : config.outputs()) {
            boolean differs = sequences.states().stream()
                    .filter(state -> state.outputName().equals(output.name()))
                    .anyMatch(state -> !state.asOutput().equals(plain(output)));
            if (differs) {
                problems.add("sequence_batching: output '" + output.name()
                        + "' is a state too; give it the same data_type and dims in both places, and no reshape");
            }
        }
    }

    private static ModelOutput plain(ModelOutput output) {
        return new ModelOutput(output.name(), output.type(), output.dims(), output.reshape(), null);
    }

    private void checkPreferredSizes() {
        int most = config.maxBatchSize().orElse(0);
        if (sequences.strategy() instanceof Oldest oldest) {
            for (int size : oldest.preferredBatchSizes()) {
                if (size > most) {
                    problems.add("sequence batching preferred batch size must be <= max batch size for " + config.name()
                            + ": oldest.preferred_batch_size holds " + size + ", max_batch_size is " + most);
                }
            }
        }
    }
}
