package io.longshore.schedule;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.model.ModelConfig;
import io.longshore.model.SequenceBatching;
import io.longshore.model.SequenceBatching.State;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tensors that the server carries from one request of a sequence to the next (implicit state). Immutable.
 */
public final class SequenceStates {
    private final List<State> states;
    private final List<TensorSpec> specs;
    private final List<Tensor> initial;

    /**
     * @param config that of the model
     * @param initial what the first request of each sequence gets, in the order of the configuration and with the names of
     *     the inputs; never released, and only read
     */
    public SequenceStates(ModelConfig config, List<Tensor> initial) {
        this.states = config.sequenceBatching().map(SequenceBatching::states).orElse(List.of());
        this.specs =
                states.stream().map(state -> spec(state, config.isBatched())).toList();
        this.initial = List.copyOf(initial);
    }

    private static TensorSpec spec(State state, boolean batched) {
        List<Long> dims = new ArrayList<>(state.dims());
        if (batched) {
            dims.add(0, 1L);
        }
        return new TensorSpec(state.outputName(), state.type(), dims);
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    /** What a sequence gets that has no state yet. */
    List<Tensor> initial() {
        return initial;
    }

    /** What the backend is asked for: the outputs that the request wants, and the states. */
    List<String> outputs(List<String> wanted) {
        Stream<String> more = states.stream().map(State::outputName).filter(name -> !wanted.contains(name));
        return Stream.concat(wanted.stream(), more).toList();
    }

    /**
     * The states for the sequence's next request, as references of their own.
     *
     * @param outputs what the backend gave; stays the caller's
     * @throws InferenceException MODEL_FAILED if one is missing or not as the configuration says
     */
    List<Tensor> next(List<Tensor> outputs) {
        List<Tensor> next = new ArrayList<>(states.size());
        try {
            for (int i = 0; i < states.size(); i++) {
                next.add(find(outputs, specs.get(i)).renamed(states.get(i).inputName()));
            }
            return next;
        } catch (InferenceException e) {
            next.forEach(Tensor::release);
            throw e;
        }
    }

    private static Tensor find(List<Tensor> outputs, TensorSpec spec) {
        for (Tensor output : outputs) {
            if (output.name().equals(spec.name())) {
                if (output.type() == spec.type() && spec.accepts(output.shape())) {
                    return output;
                }
                throw new InferenceException(
                        ErrorCode.MODEL_FAILED,
                        "the model gave state '" + spec.name() + "' as "
                                + output.type().wireName() + output.shape() + ", its configuration says "
                                + spec.type().wireName() + spec.renderDims());
            }
        }
        throw new InferenceException(ErrorCode.MODEL_FAILED, "the model gave no state '" + spec.name() + "'");
    }
}
