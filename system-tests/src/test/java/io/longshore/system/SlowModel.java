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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes as many milliseconds as its input says, on one of the server's threads, as careless user code does. */
public final class SlowModel implements JavaModel {
    /** What it prints when it begins with a request. */
    static final String STARTED = "slow model begins";

    /** What it prints when it is about to answer. */
    static final String ENDED = "slow model ends";

    /** A V2 request that keeps this model busy for {@code millis}. */
    static String request(int millis) {
        return """
            {"inputs":[{"name":"MILLIS","shape":[1],"datatype":"INT32","data":[%d]}]}""".formatted(millis);
    }

    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE.input("MILLIS", DataType.INT32, 1).output("MILLIS", DataType.INT32, 1);
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) throws InterruptedException {
        int millis = inputs.ints("MILLIS")[0];
        System.getLogger(SlowModel.class.getName()).log(System.Logger.Level.INFO, STARTED);
        Thread.sleep(millis);
        System.getLogger(SlowModel.class.getName()).log(System.Logger.Level.INFO, ENDED);
        return CompletableFuture.completedFuture(
                Outputs.of(Tensors.ofInts(context.allocator(), "MILLIS", Shape.of(1), millis)));
    }
}
