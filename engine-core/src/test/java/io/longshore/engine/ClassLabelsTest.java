package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.FakeTicker;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.ManualDelayer;
import io.longshore.inference.ModelStatus;
import io.longshore.inference.Parameters;
import io.longshore.inference.RecordingSink;
import io.longshore.inference.RequestedOutput;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import io.longshore.model.ModelSelector;
import io.longshore.repository.FolderRepository;
import io.longshore.schedule.PuppetExecutor;
import io.longshore.spi.FakeBackend;
import io.longshore.spi.HeldItems;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.DataType;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels on their way from a model's folder to the answers of the version that was loaded with them. */
class ClassLabelsTest {
    @TempDir
    private Path repository;

    private final FakeTicker ticker = new FakeTicker();
    private final PuppetExecutor inference = new PuppetExecutor();
    private final PuppetExecutor loading = new PuppetExecutor();
    private final CountingAllocator memory = new CountingAllocator();
    private final FakeBackend backend = new FakeBackend();
    private InferenceEngine engine;

    @BeforeEach
    void makeEngine() throws IOException {
        Files.createDirectories(repository.resolve("m/1"));
        engine = new InferenceEngine(
                EngineOptions.DEFAULT.withMode(ControlMode.EXPLICIT),
                List.of(backend),
                new FolderRepository(List.of(repository), "", ""),
                folder -> ModelConfig.builder(folder.name())
                        .outputs(List.of(new ModelOutput("OUTPUT0", DataType.FP32, List.of(2L), null, "labels.txt"))),
                memory,
                new EngineThreads(inference, loading, new ManualDelayer(ticker), ticker));
        engine.start();
        loading.runAll();
    }

    @Test
    void changedLabels_areThoseOfTheVersionThatAnswers() throws IOException {
        HeldItems held = new HeldItems();
        backend.behave("m", held);
        load("low\nhigh\n");
        RecordingSink onOld = infer();
        inference.runAll();
        load("small\nbig one\n");
        RecordingSink onNew = infer();
        inference.runAll();
        held.answerNext();
        held.answerNext();

        assertThat(classes(onOld)).containsExactly("2.000000:1:high");
        assertThat(classes(onNew)).containsExactly("2.000000:1:big one");
        assertThat(memory.live()).isZero();
    }

    @Test
    void missingLabels_failTheLoadWithTheReason() {
        engine.load("m");
        loading.runAll();

        assertThat(engine.index()).singleElement().satisfies(status -> {
            assertThat(status.state()).isEqualTo(ModelStatus.State.UNAVAILABLE);
            assertThat(status.reason()).contains("output 'OUTPUT0': label_filename 'labels.txt' cannot be read");
        });
        assertThat(backend.loads()).isZero();
    }

    private void load(String labels) throws IOException {
        Files.writeString(repository.resolve("m/labels.txt"), labels);
        engine.load("m");
        loading.runAll();
    }

    private RecordingSink infer() {
        RecordingSink sink = new RecordingSink();
        engine.infer(
                new InferenceRequest(
                        "",
                        ModelSelector.latest("m"),
                        List.of(Tensors.ofFloats(memory, "INPUT0", Shape.of(2), 1f, 2f)),
                        List.of(new RequestedOutput("OUTPUT0", Parameters.of(Map.of("classification", 1L)))),
                        Parameters.NONE,
                        InferenceRequest.Options.DEFAULT),
                sink);
        return sink;
    }

    private static List<String> classes(RecordingSink sink) {
        InferenceResponse response = sink.responses().get(0);
        List<String> texts = Tensors.strings(response.outputs().get(0));
        sink.release();
        return texts;
    }
}
