package io.longshore.system;

import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.JavaModel;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.inference.InferenceContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads numbers out of a text, as code does that prepares inputs for a network; fails where it is none. */
public final class NumbersModel implements JavaModel {
    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE
                .input("TEXT", DataType.BYTES, 1)
                .output("NUMBERS", DataType.INT32, 16)
                .nonBlocking();
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
        int[] numbers = Arrays.stream(inputs.strings("TEXT").get(0).split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        return CompletableFuture.completedFuture(
                Outputs.of(Tensors.ofInts(context.allocator(), "NUMBERS", Shape.of(numbers.length), numbers)));
    }
}
