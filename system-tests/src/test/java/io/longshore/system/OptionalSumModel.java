package io.longshore.system;

import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.JavaModel;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.inference.InferenceContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Adds two numbers, of which the second may be left out. */
public final class OptionalSumModel implements JavaModel {
    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE
                .input("A", DataType.INT64, 1)
                .optionalInput("B", DataType.INT64, 1)
                .output("SUM", DataType.INT64, 1)
                .nonBlocking();
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
        long sum = 0;
        for (Tensor input : inputs.all()) {
            sum += Tensors.longs(input)[0];
        }
        return CompletableFuture.completedFuture(
                Outputs.of(Tensors.ofLongs(context.allocator(), "SUM", Shape.of(1), sum)));
    }
}
