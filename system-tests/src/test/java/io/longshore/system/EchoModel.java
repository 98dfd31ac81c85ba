package io.longshore.system;

import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.JavaModel;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.inference.InferenceContext;
import io.longshore.tensor.DataType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Returns its BYTES as they are, whatever they hold. */
public final class EchoModel implements JavaModel {
    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE
                .input("INPUT0", DataType.BYTES, -1)
                .output("OUTPUT0", DataType.BYTES, -1)
                .nonBlocking();
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
        return CompletableFuture.completedFuture(
                Outputs.of(inputs.tensor("INPUT0").renamed("OUTPUT0")));
    }
}
