package io.longshore.schedule;

import io.longshore.inference.CallerThread;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceCall;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.Parameters;
import io.longshore.inference.RequestedOutput;
import io.longshore.inference.ResponseSink;
import io.longshore.model.EnsembleShapes;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelSelector;
import io.longshore.schedule.EnsembleFlow.Value;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The call of one step's model, which is told its outcome; thread-safe. */
final class StepCall implements ResponseSink, StepLimit.Entrant {
    private final EnsembleRun owner;
    private final EnsembleFlow.Run run;
    private final PartModels.Part part;
    private final StepLimit limit;
    private volatile @Nullable InferenceCall call;
    /** Responses do not overlap, so one thread at a time comes here. */
    private boolean responded;

    /**
     * @param owner told what comes of it
     * @param run whose inputs this object owns from now on
     * @param part the version to call, which stays the owner's
     * @param limit what it enters before it starts, and leaves at its end
     */
    StepCall(EnsembleRun owner, EnsembleFlow.Run run, PartModels.Part part, StepLimit limit) {
        this.owner = owner;
        this.run = run;
        this.part = part;
        this.limit = limit;
    }

    /** What the data flow has to run. */
    EnsembleFlow.Run run() {
        return run;
    }

    /** Has the step run as soon as its limit allows. */
    void enter(CallerThread caller) {
        limit.enter(this, caller);
        // Whoever has stopped the ensemble before may have looked for it where it did not wait yet.
        if (owner.isStopped()) {
            cancel();
        }
    }

    @Override
    public void start(CallerThread caller) {
        if (owner.isStopped()) {
            run.drop();
            owner.ended(this);
            limit.leave();
            return;
        }
        InferenceCall begun = part.infer(request(caller), this);
        call = begun;
        // Whoever has stopped the ensemble before may not have found the call.
        if (owner.isStopped()) {
            begun.cancel();
        }
    }

    private InferenceRequest request(CallerThread caller) {
        InferenceRequest outer = owner.request();
        ModelSelector model = owner.plan().step(run.step()).selector();
        List<RequestedOutput> outputs = owner.plan().usedOutputs(run.step()).stream()
                .map(name -> new RequestedOutput(name, Parameters.NONE))
                .toList();
        return new InferenceRequest(
                outer.id(), model, inputs(), outputs, outer.parameters(), owner.stepOptions(model, caller));
    }

    private List<Tensor> inputs() {
        List<Tensor> inputs = new ArrayList<>();
        for (Value value : run.inputs()) {
            Tensor tensor = value.tensor();
            if (tensor != null) {
                Optional<ModelInput> declared = part.config().input(value.name());
                inputs.add(declared.isEmpty() ? tensor : fitted(tensor, value.batched(), declared.get()));
            }
        }
        return inputs;
    }

    private Tensor fitted(Tensor tensor, boolean wasBatched, ModelInput declared) {
        Shape shape = EnsembleShapes.taken(
                tensor.shape(), declared.dims(), part.config().isBatched(), wasBatched);
        return fitted(tensor, shape);
    }

    /** The tensor in another shape of as many elements; the reference moves over. */
    static Tensor fitted(Tensor tensor, Shape shape) {
        if (shape.equals(tensor.shape())) {
            return tensor;
        }
        Tensor fitted = tensor.reshaped(shape);
        tensor.release();
        return fitted;
    }

    /** Withdraws the call wherever it is; its end comes to the owner as every other. */
    void cancel() {
        if (limit.forget(this)) {
            run.drop();
            owner.ended(this);
            return;
        }
        InferenceCall begun = call;
        if (begun != null) {
            begun.cancel();
        }
    }

    @Override
    public @Nullable InferenceException refusalOfDecoupled() {
        return owner.isDecoupled()
                ? null
                : new InferenceException(
                        ErrorCode.UNSUPPORTED, "the model gives any number of responses, the ensemble exactly one");
    }

    @Override
    public void onResponse(InferenceResponse response, boolean isFinal) {
        boolean decoupled = part.config().isDecoupled();
        boolean only = isFinal && !decoupled && !responded;
        if (response.outputs().isEmpty() && !only) {
            response.release();
        } else if (responded && !decoupled) {
            response.release();
            owner.failed(
                    this,
                    new InferenceException(
                            ErrorCode.UNSUPPORTED, "expected exactly one response, the model gave several"));
        } else {
            responded = true;
            owner.responded(this, response.outputs(), part.config().isBatched(), decoupled);
        }
        if (isFinal) {
            owner.ended(this);
            limit.leave();
        }
    }

    @Override
    public void onError(InferenceException failure) {
        owner.failed(this, failure);
        owner.ended(this);
        limit.leave();
    }
}
