package io.longshore.bench;

import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.JavaModel;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.inference.InferenceContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Holds its thread for as many milliseconds as its INT32 input {@code MILLIS} of shape [1] says, which it returns: the slow
 * neighbour of the fairness run.
 */
public final class SleepingModel implements JavaModel {
    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE.input("MILLIS", DataType.INT32, 1).output("MILLIS", DataType.INT32, 1);
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) throws InterruptedException {
        int millis = inputs.ints("MILLIS")[0];
        Thread.sleep(millis);
        return CompletableFuture.completedFuture(
                Outputs.of(Tensors.ofInts(context.allocator(), "MILLIS", Shape.of(1), millis)));
    }
}
