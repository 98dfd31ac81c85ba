package io.longshore.demo;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Texts to tokens, as a Hugging Face {@code tokenizer.json} says. Holds native memory. Thread-safe. */
final class TextTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    /**
     * Reads the file; nothing else is read and nothing fetched.
     *
     * @param maxTokens tokens to keep of each text, special ones included
     * @throws IOException if the file cannot be read
     */
    TextTokenizer(Path file, int maxTokens) throws IOException {
        stayOffline();
        // Said here, because the file may ask for another length, or for padding to a fixed one.
        this.tokenizer = HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optTruncation(true)
                .optMaxLength(maxTokens)
                .optPadding(true)
                .build();
    }

    /** The library reports its use to its makers over the network unless told not to. */
    private static void stayOffline() {
        if (System.getenv("DJL_OFFLINE") == null && System.getProperty("ai.djl.offline") == null) {
            System.setProperty("ai.djl.offline", "true");
        }
    }

    /** Tokens of at least one text. */
    TokenBatch encode(List<String> texts) {
        Encoding[] encodings = tokenizer.batchEncode(texts);
        int rows = encodings.length;
        int tokens = encodings[0].getIds().length;
        TokenBatch batch =
                new TokenBatch(rows, tokens, new long[rows * tokens], new long[rows * tokens], new long[rows * tokens]);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(encodings[row].getIds(), 0, batch.ids(), row * tokens, tokens);
            System.arraycopy(encodings[row].getAttentionMask(), 0, batch.mask(), row * tokens, tokens);
            System.arraycopy(encodings[row].getTypeIds(), 0, batch.typeIds(), row * tokens, tokens);
        }
        return batch;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
