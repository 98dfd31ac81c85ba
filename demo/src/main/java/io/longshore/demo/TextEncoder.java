package io.longshore.demo;

import io.longshore.inference.InferenceContext;
import io.longshore.inference.InferenceResponse;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Texts to vectors: tokenizes, calls the encoder model, pools what it gives. Thread-safe. */
final class TextEncoder {
    private static final String HIDDEN_STATE = "last_hidden_state";

    private final TextTokenizer tokenizer;
    private final ModelSelector encoder;
    private final int batchSize;

    /**
     * @param encoder the model that turns tokens into vectors
     * @param batchSize texts in one call of it
     */
    TextEncoder(TextTokenizer tokenizer, String encoder, int batchSize) {
        this.tokenizer = tokenizer;
        this.encoder = ModelSelector.latest(encoder);
        this.batchSize = batchSize;
    }

    /** A vector for each text; the model is called once, or batch after batch where there are more texts than that. */
    CompletionStage<Map<String, float[]>> encode(List<String> texts, InferenceContext context) {
        CompletionStage<Map<String, float[]>> vectors = CompletableFuture.completedFuture(new HashMap<>());
        for (int from = 0; from < texts.size(); from += batchSize) {
            List<String> batch = texts.subList(from, Math.min(texts.size(), from + batchSize));
            vectors = vectors.thenCompose(all -> encodeBatch(batch, context, all));
        }
        return vectors;
    }

    private CompletionStage<Map<String, float[]>> encodeBatch(
            List<String> texts, InferenceContext context, Map<String, float[]> vectors) {
        TokenBatch tokens = tokenizer.encode(texts);
        return context.infer(encoder, inputs(tokens, context.allocator()), List.of(HIDDEN_STATE))
                .thenApply(response -> {
                    float[][] pooled = pooled(response, tokens);
                    for (int row = 0; row < pooled.length; row++) {
                        vectors.put(texts.get(row), pooled[row]);
                    }
                    return vectors;
                });
    }

    private static List<Tensor> inputs(TokenBatch tokens, MemoryAllocator allocator) {
        Shape shape = Shape.of(tokens.rows(), tokens.tokens());
        return List.of(
                Tensors.ofLongs(allocator, "input_ids", shape, tokens.ids()),
                Tensors.ofLongs(allocator, "attention_mask", shape, tokens.mask()),
                Tensors.ofLongs(allocator, "token_type_ids", shape, tokens.typeIds()));
    }

    private static float[][] pooled(InferenceResponse response, TokenBatch tokens) {
        try {
            Tensor hidden = response.outputs().get(0);
            long[] shape = hidden.shape().toArray();
            if (shape.length != 3 || shape[0] != tokens.rows() || shape[1] != tokens.tokens()) {
                throw new IllegalStateException("the encoder gave " + HIDDEN_STATE + " of shape "
                        + Arrays.toString(shape) + " for " + tokens.rows() + " texts of " + tokens.tokens()
                        + " tokens; expected [texts, tokens, dimensions]");
            }
            return TextVectors.meanPool(
                    hidden.buffer().asFloatBuffer(), tokens.mask(), tokens.tokens(), Math.toIntExact(shape[2]));
        } finally {
            response.release();
        }
    }
}
