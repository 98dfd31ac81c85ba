package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.Parameters;
import io.longshore.model.ModelConfig;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendException;
import io.longshore.spi.BackendRun;
import io.longshore.spi.FakeContext;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a model's class comes from, and that it goes away again. */
class CodeLoadingTest {
    private static final String ANSWER = """
            package sample;

            import io.longshore.backend.java.*;
            import io.longshore.inference.InferenceContext;
            import io.longshore.tensor.*;
            import java.util.concurrent.*;

            public class Answer implements JavaModel {
                public ModelDeclaration declare(ModelSetup setup) throws Exception {
                    try (var text = Answer.class.getResource("/input.txt").openStream()) {
                        String name = new String(text.readAllBytes());
                        return ModelDeclaration.NONE.input(name, DataType.FP32, 1).output("OUTPUT0", DataType.FP32, 1);
                    }
                }

                public void open(ModelSetup setup, io.longshore.model.ModelConfig config) {
                    setup.allocator().allocate(0).release();
                    setup.executor().execute(() -> Thread.onSpinWait());
                }

                public CompletionStage<Outputs> infer(Inputs inputs, InferenceContext context) {
                    return CompletableFuture.completedFuture(Outputs.of(inputs.all().get(0).renamed("OUTPUT0")));
                }
            }
            """;

    @TempDir
    Path folder;

    private final ExecutorService threads = BackendRun.threads();
    private final BackendContext context = BackendRun.context(new CountingAllocator(), threads);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void parameter_namesTheClassBeforeTheManifest() throws Exception {
        ModelJar jar = answerJar().write("model.jar", "sample.Nothing");
        ModelConfig.Builder config =
                ModelConfig.builder("answer").backend("java").parameter("class", "sample.Answer");

        new JavaBackend().complete(config, jar.files(), context);

        assertThat(config.inputs().get(0).name()).isEqualTo("FROM_JAR");
    }

    @Test
    void providerFile_namesTheClass() throws Exception {
        ModelJar jar = answerJar().file("META-INF/services/" + JavaModel.class.getName(), "sample.Answer");
        jar.write("model.jar", "");

        assertThat(BackendRun.complete(new JavaBackend(), jar.files(), context)
                        .inputs()
                        .get(0)
                        .name())
                .isEqualTo("FROM_JAR");
    }

    @Test
    void severalJars_formOneClassPath() throws Exception {
        ModelJar jar = answerJar().write("with-resource.jar", "");
        jar.without("input.txt").write("model.jar", "sample.Answer");

        assertThat(BackendRun.complete(new JavaBackend(), jar.files(), context).inputs())
                .hasSize(1);
    }

    @Test
    void defaultModelFilename_narrowsToOneJar() throws Exception {
        ModelJar jar = answerJar().write("right.jar", "sample.Answer").write("wrong.jar", "sample.Nothing");
        ModelConfig.Builder config =
                ModelConfig.builder("answer").backend("java").defaultModelFilename("right.jar");

        new JavaBackend().complete(config, jar.files(), context);

        assertThat(config.inputs()).hasSize(1);
        assertThatThrownBy(() -> BackendRun.complete(new JavaBackend(), jar.files(), context))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("[sample.Answer, sample.Nothing]");
    }

    @Test
    void defaultModelFilenameOutsideTheVersionFolder_isRefused() throws Exception {
        ModelJar jar = answerJar().write("model.jar", "sample.Answer");
        ModelConfig.Builder config =
                ModelConfig.builder("answer").backend("java").defaultModelFilename("../1-classes/model.jar");

        assertThatThrownBy(() -> new JavaBackend().complete(config, jar.files(), context))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("'../1-classes/model.jar' must name something inside");
    }

    @Test
    void applicationClass_isFoundWithoutAJar() throws Exception {
        ModelJar empty = ModelJar.in(folder.resolve("sum"));
        ModelConfig.Builder config = ModelConfig.builder("sum")
                .backend("java")
                .parameter("class", ContractModels.SumAndDifference.class.getName());

        new JavaBackend().complete(config, empty.files(), context);

        assertThat(config.inputs()).hasSize(2);
    }

    @Test
    void missingClass_isNamed() throws Exception {
        ModelJar jar = answerJar().write("model.jar", "sample.Missing");

        assertThatThrownBy(() -> BackendRun.complete(new JavaBackend(), jar.files(), context))
                .isInstanceOf(BackendException.class)
                .hasMessage("model 'model': there is no class 'sample.Missing' in its jars nor in the server");
    }

    @Test
    void jarThatIsNone_isNamed() throws Exception {
        ModelJar jar = ModelJar.in(folder.resolve("broken"));
        Files.writeString(jar.versionFolder().resolve("model.jar"), "this is no jar");

        assertThatThrownBy(() -> BackendRun.complete(new JavaBackend(), jar.files(), context))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("cannot read model.jar");
    }

    @Test
    void classThatIsNoModel_isRefused() throws Exception {
        ModelJar jar = ModelJar.in(folder.resolve("none"))
                .source("sample.Plain", "package sample; public class Plain {}")
                .write("model.jar", "sample.Plain");

        assertThatThrownBy(() -> BackendRun.complete(new JavaBackend(), jar.files(), context))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("must implement either");
    }

    @Test
    void constructorThatThrows_isTheReason() throws Exception {
        ModelJar jar = ModelJar.in(folder.resolve("throws"))
                .source(
                        "sample.Throws",
                        ANSWER.replace("Answer", "Throws")
                                .replace(
                                        "implements JavaModel {",
                                        "implements JavaModel { public Throws() { throw new IllegalStateException(\"no licence\"); }"))
                .write("model.jar", "sample.Throws");

        assertThatThrownBy(() -> BackendRun.complete(new JavaBackend(), jar.files(), context))
                .isInstanceOf(BackendException.class)
                .hasMessage("model 'model': class 'sample.Throws' cannot be made: IllegalStateException: no licence");
    }

    @Test
    void folderWithAJar_isRecognised() throws Exception {
        ModelConfig.Builder config = ModelConfig.builder("answer");
        ModelJar empty = ModelJar.in(folder.resolve("empty"));

        assertThat(new JavaBackend().recognises(config, empty.files())).isFalse();
        assertThat(new JavaBackend()
                        .recognises(config, answerJar().write("model.jar", "").files()))
                .isTrue();
    }

    @Test
    void closedModel_leavesNoFileOpenAndNoClassLoader() throws Exception {
        ModelJar jar = answerJar().write("model.jar", "sample.Answer");
        ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
        List<WeakReference<ClassLoader>> loaders = loadRunAndClose(jar, collected);

        assertThat(openFiles()).noneMatch(file -> file.endsWith("model.jar"));
        assertThat(loaders).hasSize(2);
        for (int tries = 0; tries < 50 && collected.remove(100) == null; tries++) {
            System.gc();
        }
        assertThat(loaders).allSatisfy(loader -> assertThat(loader.get()).isNull());
    }

    /** The loaders that the model's objects see when they allocate. */
    private List<WeakReference<ClassLoader>> loadRunAndClose(ModelJar jar, ReferenceQueue<ClassLoader> queue)
            throws Exception {
        List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
        CountingAllocator allocator = new CountingAllocator();
        MemoryAllocator noting = byteSize -> {
            loaders.add(new WeakReference<>(Thread.currentThread().getContextClassLoader(), queue));
            return allocator.allocate(byteSize);
        };
        BackendContext lent = new BackendContext(Map.of(), noting, threads, context.inference());
        try (BackendRun run = BackendRun.load(new JavaBackend(), jar.files(), 2, lent)) {
            Tensor input = Tensors.ofFloats(allocator, "FROM_JAR", Shape.of(1), 1f);
            RecordingItem item = new RecordingItem(
                    List.of(input), List.of("OUTPUT0"), FakeContext.alone(allocator), Parameters.NONE);
            run.execute(item);
            assertThat(Tensors.floats(item.answer().get(0))).containsExactly(1f);
            item.release();
        }
        return loaders;
    }

    private static List<String> openFiles() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return List.of();
        }
        try (var all = Files.list(descriptors)) {
            return all.filter(Files::exists).map(CodeLoadingTest::target).toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed between the listing and now.
            return "";
        }
    }

    private ModelJar answerJar() throws Exception {
        return ModelJar.in(folder.resolve("answer"))
                .source("sample.Answer", ANSWER)
                .file("input.txt", "FROM_JAR");
    }
}
