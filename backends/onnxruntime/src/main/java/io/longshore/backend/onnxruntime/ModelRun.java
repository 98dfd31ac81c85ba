package io.longshore.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.Result;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Parameters;
import io.longshore.spi.ExecutionItem;
import io.longshore.tensor.MemoryBudgetExceededException;
import io.longshore.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a model for one item and answers it. Used once. */
final class ModelRun {
    private final OnnxModel model;
    private final StoppableRuns runs;
    private final Stage stage;
    private final ExecutionItem item;

    /**
     * @param runs the instance's
     * @param stage the instance's
     */
    ModelRun(OnnxModel model, StoppableRuns runs, Stage stage, ExecutionItem item) {
        this.model = model;
        this.runs = runs;
        this.stage = stage;
        this.item = item;
    }

    /** Runs and answers, with a failure too. */
    void run() {
        List<Tensor> outputs;
        try {
            outputs = compute();
        } catch (InferenceException e) {
            item.fail(e);
            return;
        } catch (OrtException e) {
            item.fail(RunFailure.of(e, model.name(), item.context()));
            return;
        } catch (MemoryBudgetExceededException e) {
            item.fail(new InferenceException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e));
            return;
        }
        item.respond(outputs, Parameters.NONE, true);
    }

    private List<Tensor> compute() throws OrtException {
        if (item.context().isCancelled()) {
            throw RunFailure.cancelled(item.context());
        }
        try (StoppableRuns.Run run = runs.begin()) {
            run.stopOnCancel(item.context());
            StagedTensors staged = model.pinsOutputs() ? stage.prepare(item) : null;
            return staged == null ? computeInPlace(run) : compute(staged, run);
        }
    }

    private List<Tensor> compute(StagedTensors staged, StoppableRuns.Run run) throws OrtException {
        try {
            Map<String, OnnxTensor> inputs = staged.fill(item.inputs());
            item.inputsReady();
            model.session()
                    .run(inputs, Set.of(), staged.pinned(), run.options())
                    .close();
            item.outputsBegun();
            return staged.collect();
        } catch (OrtException e) {
            stopPinningOrThrow(e);
            return computeInPlace(run);
        }
    }

    private List<Tensor> computeInPlace(StoppableRuns.Run run) throws OrtException {
        try (Cleanup cleanup = new Cleanup()) {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
            for (Tensor input : item.inputs()) {
                inputs.put(input.name(), model.tensors().ofInput(input, cleanup));
            }
            return compute(inputs, run);
        }
    }

    private List<Tensor> compute(Map<String, OnnxTensor> inputs, StoppableRuns.Run run) throws OrtException {
        List<GraphTensor> wanted = wanted();
        if (model.pinsOutputs()) {
            OutputShapes shapes = OutputShapes.of(item.inputs(), model.signature(), model.isBatched());
            try (PlannedOutputs outputs = PlannedOutputs.pinned(model.tensors(), wanted, shapes)) {
                return compute(inputs, outputs, run);
            } catch (OrtException e) {
                stopPinningOrThrow(e);
            }
        }
        try (PlannedOutputs outputs = PlannedOutputs.unpinned(model.tensors(), wanted)) {
            return compute(inputs, outputs, run);
        }
    }

    private void stopPinningOrThrow(OrtException failure) throws OrtException {
        if (!RunFailure.isWrongPinnedShape(failure)) {
            throw failure;
        }
        model.stopPinning();
    }

    private List<Tensor> compute(Map<String, OnnxTensor> inputs, PlannedOutputs outputs, StoppableRuns.Run run)
            throws OrtException {
        item.inputsReady();
        try (Result result = model.session().run(inputs, outputs.requested(), outputs.pinnedTensors(), run.options())) {
            item.outputsBegun();
            return outputs.collect(result);
        }
    }

    private List<GraphTensor> wanted() {
        List<GraphTensor> wanted = new ArrayList<>();
        for (String name : item.outputs()) {
            GraphTensor output = model.signature().output(name);
            if (output == null) {
                throw new InferenceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "unexpected inference output '" + name + "' for model '" + model.name() + "'");
            }
            wanted.add(output);
        }
        return wanted;
    }
}
