package io.longshore.model;

import io.longshore.tensor.DataType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of a stateful model belong together ({@code sequence_batching} of a model configuration). Immutable.
 *
 * @param strategy how sequences share an instance
 * @param maxIdle how long a sequence may be without a request before it ends; positive
 * @param controls the tensors that tell the model about the sequence
 * @param states the tensors that the server carries from one request of a sequence to the next
 */
public record SequenceBatching(Strategy strategy, Duration maxIdle, List<Control> controls, List<State> states) {
    /** What {@code max_sequence_idle_microseconds} is where it is not stated. */
    public static final Duration DEFAULT_MAX_IDLE = Duration.ofSeconds(1);

    public SequenceBatching {
        controls = List.copyOf(controls);
        states = List.copyOf(states);
    }

    /** Sequences under this strategy, without controls and states. */
    public static SequenceBatching of(Strategy strategy) {
        return new SequenceBatching(strategy, DEFAULT_MAX_IDLE, List.of(), List.of());
    }

    /** How sequences share an instance. */
    public sealed interface Strategy {
        /** Sequences that one instance of a model with this {@code max_batch_size} has a slot for; at least 1. */
        int slots(int maxBatchSize);
    }

    /**
     * A sequence has one row of an instance's batch to itself.
     *
     * @param maxQueueDelay how long a batch may wait to be filled
     * @param minimumSlotUtilization the part of the slots that ends this wait, 0 to 1
     */
    public record Direct(Duration maxQueueDelay, float minimumSlotUtilization) implements Strategy {
        /** What applies where no strategy is stated. */
        public static final Direct DEFAULT = new Direct(Duration.ZERO, 0f);

        @Override
        public int slots(int maxBatchSize) {
            return Math.max(1, maxBatchSize);
        }
    }

    /**
     * A sequence has an instance, and of an instance's sequences the request that is oldest runs next.
     *
     * @param maxCandidateSequences sequences of one instance; 0 = as many as a batch has rows
     * @param preferredBatchSizes batches that are formed first
     * @param maxQueueDelay how long a request may wait for others
     * @param preserveOrdering whether responses leave in the order of the requests
     */
    public record Oldest(
            int maxCandidateSequences,
            List<Integer> preferredBatchSizes,
            Duration maxQueueDelay,
            boolean preserveOrdering)
            implements Strategy {
        public Oldest {
            preferredBatchSizes = List.copyOf(preferredBatchSizes);
        }

        @Override
        public int slots(int maxBatchSize) {
            return maxCandidateSequences > 0 ? maxCandidateSequences : Math.max(1, maxBatchSize);
        }
    }

    /** What a control tensor tells the model. */
    public enum ControlKind {
        /** Whether the request is the first of its sequence. */
        START,
        /** Whether the row holds a request; always true, since no row runs without one. */
        READY,
        /** Whether the request is the last of its sequence. */
        END,
        /** The sequence's correlation id. */
        CORRID
    }

    /**
     * A tensor of one element that the server adds to each request.
     *
     * @param name the model's input
     * @param kind what it tells
     * @param type INT32, FP32 or BOOL; for {@link ControlKind#CORRID} an integer of 32 or 64 bits or BYTES
     * @param whenFalse the element for false; 0 for {@link ControlKind#CORRID}. Every INT32 and FP32 is a double
     * @param whenTrue the element for true; 0 for {@link ControlKind#CORRID}
     */
    public record Control(String name, ControlKind kind, DataType type, double whenFalse, double whenTrue) {
        /** A correlation id. */
        public static Control correlationId(String name, DataType type) {
            return new Control(name, ControlKind.CORRID, type, 0, 0);
        }

        ModelInput asInput() {
            return ModelInput.of(name, type, 1L);
        }
    }

    /**
     * An output that becomes an input of the sequence's next request.
     *
     * @param inputName the model's input
     * @param outputName the model's output
     * @param type of both
     * @param dims of both, without the batch dimension; -1 = any size, 1 at the start
     * @param initial what the first request gets; null = zeros
     * @param sameBuffer {@code use_same_buffer_for_input_output}; without effect
     * @param growable {@code use_growable_memory}; without effect
     */
    public record State(
            String inputName,
            String outputName,
            DataType type,
            List<Long> dims,
            @Nullable InitialState initial,
            boolean sameBuffer,
            boolean growable) {
        public State {
            dims = List.copyOf(dims);
        }

        /** A state that starts as zeros. */
        public static State of(String inputName, String outputName, DataType type, Long... dims) {
            return new State(inputName, outputName, type, List.of(dims), null, false, false);
        }

        ModelInput asInput() {
            return new ModelInput(inputName, type, dims, null, false);
        }

        ModelOutput asOutput() {
            return new ModelOutput(outputName, type, dims, null, null);
        }
    }

    /**
     * What the first request of a sequence gets as its state.
     *
     * @param name what the configuration calls it
     * @param dims fixed dimensions, without the batch dimension
     * @param dataFile a file in the model's folder {@code initial_state}; null = zeros
     */
    public record InitialState(
            String name, List<Long> dims, @Nullable String dataFile) {
        public InitialState {
            dims = List.copyOf(dims);
        }
    }

    /** The control of a kind, where the model wants it. */
    public Optional<Control> control(ControlKind kind) {
        return controls.stream().filter(each -> each.kind() == kind).findFirst();
    }

    /** Whether the server gives this input to the model, so that a request does not. */
    public boolean givesInput(String name) {
        return given().anyMatch(each -> each.name().equals(name));
    }

    /** Whether the server takes this output of the model for itself. */
    public boolean takesOutput(String name) {
        return states.stream().anyMatch(state -> state.outputName().equals(name));
    }

    /** The inputs of a request, and behind them the controls and then the states. */
    List<ModelInput> inputsBehind(List<ModelInput> declared) {
        return Stream.concat(declared.stream(), given()).toList();
    }

    /** The outputs of a response, and behind them the states that are not among these. */
    List<ModelOutput> outputsBehind(List<ModelOutput> declared) {
        Stream<ModelOutput> taken = states.stream()
                .map(State::asOutput)
                .filter(state -> declared.stream().noneMatch(each -> each.name().equals(state.name())));
        return Stream.concat(declared.stream(), taken).toList();
    }

    private Stream<ModelInput> given() {
        return Stream.concat(
                controls.stream().map(Control::asInput), states.stream().map(State::asInput));
    }
}
