package io.longshore.system;

import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.JavaModel;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.inference.InferenceContext;
import io.longshore.inference.Parameters;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells the custom parameters of its request, as texts {@code name=value} and as parameters of its response. With a parameter
 * {@code rows} in its configuration it takes batches, with the texts in one row.
 */
public final class ParametersModel implements JavaModel {
    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE
                .input("ANY", DataType.INT32, -1)
                .output("TOLD", DataType.BYTES, -1)
                .maxBatchSize(rows(setup))
                .nonBlocking();
    }

    private static int rows(ModelSetup setup) {
        return Integer.parseInt(setup.parameter("rows").orElse("0"));
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
        Parameters parameters = inputs.parameters();
        String[] told = parameters.asMap().entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                .toArray(String[]::new);
        boolean batched = inputs.tensor("ANY").shape().rank() == 2;
        Shape shape = batched ? Shape.of(1, told.length) : Shape.of(told.length);
        Outputs outputs = Outputs.of(Tensors.ofStrings(context.allocator(), "TOLD", shape, told));
        return CompletableFuture.completedFuture(outputs.withParameters(parameters));
    }
}
