package io.longshore.schedule;

import io.longshore.inference.CorrelationId;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelConfig;
import io.longshore.model.SequenceBatching.Control;
import io.longshore.model.SequenceBatching.ControlKind;
import io.longshore.tensor.DataType;
import java.util.Optional;

/**
 * Reads the place that a request has in its sequence (V2 sequence extension), and refuses what has none. Immutable.
 *
 * <p>Message texts are those that Triton's clients know; sources: {@code sequence_batch_scheduler.cc}, {@code
 * infer_request.cc} of Triton's core.
 */
public final class SequenceRequests {
    private static final String START = "sequence_start";
    private static final String END = "sequence_end";

    private final String modelName;
    private final boolean batched;
    private final Optional<Control> idControl;

    SequenceRequests(ModelConfig config) {
        this.modelName = config.name();
        this.batched = config.isBatched();
        this.idControl = config.sequenceBatching().flatMap(sequences -> sequences.control(ControlKind.CORRID));
    }

    /** Whether a request states that a sequence begins with it. */
    public static boolean isStart(Parameters parameters) {
        return parameters.bool(START).orElse(false);
    }

    /**
     * The request as a step of its sequence.
     *
     * @throws InferenceException INVALID_ARGUMENT, or UNSUPPORTED for an id that is too long
     */
    SequenceStep step(PendingRequest request) {
        Parameters parameters = request.request().parameters();
        CorrelationId id = CorrelationId.of(parameters);
        idControl.ifPresent(control -> checkType(id, control, request.request().id()));
        if (batched && request.inputs().stream().anyMatch(input -> input.shape().dim(0) != 1)) {
            throw invalid(toModel() + "must specify batch-size 1 due to requirements of sequence batcher");
        }
        if (!id.isPresent()) {
            throw invalid(toModel() + "must specify a non-zero or non-empty correlation ID");
        }
        return new SequenceStep(
                request, id, isStart(parameters), parameters.bool(END).orElse(false));
    }

    private String toModel() {
        return "inference request to model '" + modelName + "' ";
    }

    private void checkType(CorrelationId id, Control control, String requestId) {
        if (id.isText() != (control.type() == DataType.BYTES)) {
            DataType given = id.isText() ? DataType.BYTES : DataType.UINT64;
            throw invalid("[request id: " + (requestId.isEmpty() ? "<id_unknown>" : requestId)
                    + "] sequence batching control '" + control.name() + "' data-type is '" + given.wireName()
                    + "', but model '" + modelName + "' expects '"
                    + control.type().wireName() + "'");
        }
    }

    /** The refusal of a request that begins no sequence where none of its id lives. */
    InferenceException notStarted(SequenceStep step) {
        return invalid("inference request for sequence " + step.id() + " to model '" + modelName
                + "' must specify the START flag on the first request of the sequence");
    }

    private static InferenceException invalid(String message) {
        return new InferenceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
