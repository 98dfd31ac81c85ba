package io.longshore.demo;

import io.longshore.backend.java.Inputs;
import io.longshore.backend.java.JavaModel;
import io.longshore.backend.java.ModelDeclaration;
import io.longshore.backend.java.ModelSetup;
import io.longshore.backend.java.Outputs;
import io.longshore.inference.InferenceContext;
import io.longshore.model.ModelConfig;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How close the meanings of two questions are. {@code QUESTION} and {@code CANDIDATE} are texts [-1], as many of both or one on
 * one side; {@code SCORE} is FP32 [-1], the cosine of the two texts' vectors for each pair.
 *
 * <p>Parameters: {@code encoder}, the model that gives the vectors of tokens (default {@code minilm}); {@code tokenizer}, its
 * tokenizer in this model's folder (default {@code tokenizer.json}); {@code max_tokens} of a text (default 256, what
 * all-MiniLM-L6-v2 was trained for); {@code batch_size}, texts in one call of the encoder (default 64).
 */
public final class QuestionSimilarity implements JavaModel {
    private @Nullable TextTokenizer tokenizer;
    private @Nullable TextEncoder encoder;

    /** It computes and never waits, and one tokenizer serves all requests. */
    @Override
    public ModelDeclaration declare(ModelSetup setup) {
        return ModelDeclaration.NONE
                .input("QUESTION", DataType.BYTES, -1)
                .input("CANDIDATE", DataType.BYTES, -1)
                .output("SCORE", DataType.FP32, -1)
                .nonBlocking()
                .shared();
    }

    @Override
    public void open(ModelSetup setup, ModelConfig config) throws IOException {
        TextTokenizer opened = new TextTokenizer(
                setup.modelFile(setup.parameter("tokenizer").orElse("tokenizer.json")),
                number(setup, "max_tokens", 256));
        tokenizer = opened;
        encoder = new TextEncoder(opened, setup.parameter("encoder").orElse("minilm"), number(setup, "batch_size", 64));
    }

    private static int number(ModelSetup setup, String parameter, int ifAbsent) {
        String text = setup.parameter(parameter).orElse(String.valueOf(ifAbsent));
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException(
                    "parameter '" + parameter + "' is '" + text + "', expected a number from 1 to 999999");
        }
        return Integer.parseInt(text);
    }

    @Override
    public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
        TextEncoder opened = encoder;
        if (opened == null) {
            throw new IllegalStateException("the model is not open");
        }
        TextPairs pairs = new TextPairs(inputs.strings("QUESTION"), inputs.strings("CANDIDATE"));
        return opened.encode(pairs.distinctTexts(), context)
                .thenApply(vectors -> Outputs.of(scores(pairs, vectors, context)));
    }

    private static Tensor scores(TextPairs pairs, Map<String, float[]> vectors, InferenceContext context) {
        float[] scores = new float[pairs.size()];
        for (int pair = 0; pair < scores.length; pair++) {
            scores[pair] = TextVectors.cosine(
                    vectorOf(pairs.question(pair), vectors), vectorOf(pairs.candidate(pair), vectors));
        }
        return Tensors.ofFloats(context.allocator(), "SCORE", Shape.of(scores.length), scores);
    }

    private static float[] vectorOf(String text, Map<String, float[]> vectors) {
        float[] vector = vectors.get(text);
        if (vector == null) {
            throw new IllegalStateException("the encoder gave no vector for a text");
        }
        return vector;
    }

    @Override
    public void close() {
        TextTokenizer opened = tokenizer;
        if (opened != null) {
            opened.close();
        }
    }
}
