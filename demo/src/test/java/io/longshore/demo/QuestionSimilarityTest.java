package io.longshore.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import io.longshore.backend.java.JavaBackend;
import io.longshore.inference.Deadline;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.Parameters;
import io.longshore.model.ModelConfig;
import io.longshore.spi.BackendRun;
import io.longshore.spi.FakeContext;
import io.longshore.spi.ModelFiles;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole model with the real tokenizer and the real encoder. Every test ends with all memory given back. */
class QuestionSimilarityTest {
    private static final String QUESTION = "How do I reset my password?";
    private static final String SAME = "I forgot my password, how can I change it?";
    private static final String OTHER = "Which countries do you ship to?";

    private final CountingAllocator allocator = new CountingAllocator();
    private final ExecutorService threads = BackendRun.threads();
    private final List<RecordingItem> items = new ArrayList<>();
    private OrtEncoder minilm;
    private BackendRun model;

    @BeforeEach
    void load() throws Exception {
        Path models = Path.of(System.getProperty("models"));
        Path folder = models.resolve("question_similarity");
        minilm = new OrtEncoder(models.resolve("minilm/1/model.onnx"), allocator);
        ModelConfig.Builder config = ModelConfig.builder("question_similarity")
                .backend("java")
                .parameter("class", QuestionSimilarity.class.getName())
                .parameter("batch_size", "4");
        ModelFiles files = new ModelFiles(folder, folder);
        JavaBackend backend = new JavaBackend();
        backend.complete(config, files, BackendRun.context(allocator, threads));
        model = BackendRun.load(backend, config.build(), files, 2, BackendRun.context(allocator, threads));
    }

    @AfterEach
    void everythingIsGivenBack() throws OrtException {
        model.close();
        minilm.close();
        threads.shutdown();
        items.forEach(RecordingItem::release);
        assertThat(allocator.live()).as("memory not given back").isZero();
    }

    @Test
    void sameMeaning_scoresHighAndAnotherLow() {
        float[] scores = scores(List.of(QUESTION), List.of(SAME, OTHER));

        assertThat(scores[0]).isGreaterThan(0.7f);
        assertThat(scores[1]).isLessThan(0.4f);
        assertThat(minilm.calls()).isEqualTo(1);
    }

    /** The reference: the same files run by the Python packages tokenizers and onnxruntime, pooled with numpy. */
    @Test
    void scores_areThoseOfTheReferenceImplementation() {
        assertThat(scores(List.of(QUESTION), List.of(SAME, OTHER, QUESTION)))
                .containsExactly(new float[] {0.8938601f, -0.0207941f, 1f}, within(1e-5f));
    }

    @Test
    void manyTexts_goInBatchesAndScoreAsAlone() {
        List<String> candidates = IntStream.range(0, 10)
                .mapToObj(i -> "question number " + i + " ".repeat(i) + "?".repeat(i))
                .toList();

        float[] together = scores(List.of(QUESTION), candidates);

        assertThat(minilm.calls()).isEqualTo(3);
        for (int i = 0; i < together.length; i++) {
            assertThat(together[i]).isCloseTo(scores(List.of(QUESTION), List.of(candidates.get(i)))[0], within(1e-4f));
        }
    }

    @Test
    void noTexts_giveNoScores() {
        assertThat(scores(List.of(), List.of())).isEmpty();
        assertThat(minilm.calls()).isZero();
    }

    @Test
    void sidesThatDoNotFit_areTheCallersFault() {
        RecordingItem item = item(List.of("a", "b"), List.of("c", "d", "e"));
        model.execute(item);

        assertThat(item.failure().code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    private float[] scores(List<String> questions, List<String> candidates) {
        RecordingItem item = item(questions, candidates);
        model.execute(item);
        return Tensors.floats(item.answer().get(0));
    }

    private RecordingItem item(List<String> questions, List<String> candidates) {
        RecordingItem item = new RecordingItem(
                List.of(
                        Tensors.ofStrings(
                                allocator, "QUESTION", Shape.of(questions.size()), questions.toArray(String[]::new)),
                        Tensors.ofStrings(
                                allocator,
                                "CANDIDATE",
                                Shape.of(candidates.size()),
                                candidates.toArray(String[]::new))),
                List.of("SCORE"),
                new FakeContext(allocator, Deadline.NONE, minilm),
                Parameters.NONE);
        items.add(item);
        return item;
    }
}
