package io.longshore.system;

import io.longshore.backend.java.DecoupledJavaModel;
import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.backend.java.ResponseWriter;
import io.longshore.inference.InferenceContext;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Says a text again and again, {@code REPEAT} times, as a language model its words; below zero for ever, with a pause between
 * two of them. Fails at the end where the parameter {@code fail} is true, and has the parameter {@code suffix} behind the text.
 */
public final class WordsModel implements DecoupledJavaModel {
    /** What it prints when its request is withdrawn. */
    static final String STOPPED = "words model was told to stop";

    private static final int PAUSE_MILLIS = 20;

    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE
                .input("TEXT", DataType.BYTES, 1)
                .input("REPEAT", DataType.INT32, 1)
                .output("WORD", DataType.BYTES, 1);
    }

    @Override
    public CompletionStage<Void> infer(Inputs inputs, InferenceContext context, ResponseWriter responses)
            throws InterruptedException {
        String word = inputs.strings("TEXT").get(0)
                + inputs.parameters().string("suffix").orElse("");
        int repeat = inputs.ints("REPEAT")[0];
        try {
            for (int i = 0; repeat < 0 || i < repeat; i++) {
                responses.write(Outputs.of(Tensors.ofStrings(context.allocator(), "WORD", Shape.of(1), word)));
                if (repeat < 0) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } finally {
            if (context.isCancelled()) {
                System.getLogger(WordsModel.class.getName()).log(System.Logger.Level.INFO, STOPPED);
            }
        }
        if (inputs.parameters().bool("fail").orElse(false)) {
            throw new IllegalStateException("An Error Occurred");
        }
        return CompletableFuture.completedFuture(null);
    }
}
