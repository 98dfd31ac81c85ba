package io.longshore.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The tokenizer of the model against ids of the bert-base-uncased vocabulary: line numbers of its vocab.txt, from 0. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextTokenizerTest {
    private static final long CLS = 101;
    private static final long SEP = 102;

    private TextTokenizer tokenizer;

    @BeforeAll
    void open() throws IOException {
        tokenizer =
                new TextTokenizer(Path.of(System.getProperty("models"), "question_similarity", "tokenizer.json"), 256);
    }

    @AfterAll
    void close() {
        tokenizer.close();
    }

    @Test
    void text_hasItsKnownIds() {
        TokenBatch batch = tokenizer.encode(List.of("Hello world"));

        assertThat(batch.ids()).containsExactly(CLS, 7592, 2088, SEP);
        assertThat(batch.mask()).containsExactly(1, 1, 1, 1);
        assertThat(batch.typeIds()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void shorterText_isPaddedToTheLongest() {
        TokenBatch batch = tokenizer.encode(List.of("Hello", "Hello world"));

        assertThat(batch.rows()).isEqualTo(2);
        assertThat(batch.tokens()).isEqualTo(4);
        assertThat(batch.ids()).containsExactly(CLS, 7592, SEP, 0, CLS, 7592, 2088, SEP);
        assertThat(batch.mask()).containsExactly(1, 1, 1, 0, 1, 1, 1, 1);
    }

    @Test
    void emptyText_hasTheSpecialTokens() {
        assertThat(tokenizer.encode(List.of("")).ids()).containsExactly(CLS, SEP);
    }

    @Test
    void longText_isCutAt256Tokens() {
        TokenBatch batch = tokenizer.encode(List.of("hello ".repeat(1000)));

        assertThat(batch.tokens()).isEqualTo(256);
        assertThat(batch.ids()[255]).isEqualTo(SEP);
        assertThat(LongStream.of(batch.ids()).skip(1).limit(254)).containsOnly(7592L);
    }
}
