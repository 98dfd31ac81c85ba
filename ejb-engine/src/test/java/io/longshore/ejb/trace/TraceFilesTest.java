package io.longshore.ejb.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.engine.TraceRegistry;
import io.longshore.inference.TraceControl.Change;
import io.longshore.inference.TraceControl.Field;
import io.longshore.trace.RequestTrace;
import io.longshore.trace.TraceActivity;
import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceMode;
import io.longshore.trace.TraceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFilesTest {
    @TempDir
    private Path folder;

    private Path file;
    private TraceFiles files;
    private TraceRegistry registry;

    @BeforeEach
    void open() {
        file = folder.resolve("trace.json");
        files = new TraceFiles(Thread::new);
        registry = registry(TraceSettings.UNLIMITED, 0);
    }

    @AfterEach
    void close() {
        registry.close();
        files.close();
    }

    private TraceRegistry registry(long count, long logFrequency) {
        TraceSettings settings = new TraceSettings(
                Set.of(TraceLevel.TIMESTAMPS), 1, count, logFrequency, file.toString(), TraceMode.TRITON);
        return new TraceRegistry(settings, files, model -> true);
    }

    private void trace(int count) {
        for (int i = 0; i < count; i++) {
            RequestTrace trace = Objects.requireNonNull(registry.begin("m", null));
            trace.record(TraceActivity.REQUEST_START, trace.id() * 10);
            trace.release();
        }
    }

    /** What a file with these traces holds. */
    private static String traces(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(id -> "{\"id\":" + id + ",\"model_name\":\"m\",\"model_version\":-1},{\"id\":" + id
                        + ",\"timestamps\":[{\"name\":\"REQUEST_START\",\"ns\":" + id * 10 + "}]}")
                .toList()
                .toString()
                .replace("}, {", "},{");
    }

    private static void await(Path written, String content) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!(Files.exists(written) && Files.readString(written).equals(content)) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(written).hasContent(content);
    }

    private int written() throws IOException {
        return Files.exists(file) ? Files.readString(file).split("REQUEST_START").length - 1 : 0;
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList().stream();
        }
    }

    @Test
    void withoutNumber_theFileIsCompleteAtAnyTime() throws Exception {
        Files.writeString(file, "what an earlier server left behind, longer than the first trace is ".repeat(10));
        trace(1);
        await(file, traces(1, 1));
        trace(4);
        await(file, traces(1, 5));
        assertThat(names()).containsExactly("trace.json");
    }

    @Test
    void logFrequency_makesAFileOfEachSoManyTraces() throws Exception {
        registry = registry(TraceSettings.UNLIMITED, 3);
        trace(7);
        registry.close();
        files.close();

        assertThat(folder.resolve("trace.json.0")).hasContent(traces(1, 3));
        assertThat(folder.resolve("trace.json.1")).hasContent(traces(4, 6));
        assertThat(folder.resolve("trace.json.2")).hasContent(traces(7, 7));
        assertThat(names()).hasSize(3);
    }

    @Test
    void count_makesANumberedFileWhenItIsReached() throws Exception {
        registry = registry(2, 0);
        trace(2);
        await(folder.resolve("trace.json.0"), traces(1, 2));
        assertThat(registry.begin("m", null)).isNull();
    }

    @Test
    void countThatIsNotReached_isWrittenToTheFileAtTheEnd() throws Exception {
        registry = registry(5, 0);
        trace(2);
        registry.close();
        files.close();

        assertThat(file).hasContent(traces(1, 2));
        assertThat(names()).containsExactly("trace.json");
    }

    @Test
    void changedSettings_goOnWithTheNextNumber() throws Exception {
        registry = registry(TraceSettings.UNLIMITED, 2);
        trace(3);
        registry.change("", new Change(Field.kept(), Field.kept(), Field.kept(), Field.of(1L)));
        trace(1);

        await(folder.resolve("trace.json.0"), traces(1, 2));
        await(folder.resolve("trace.json.1"), traces(3, 3));
        await(folder.resolve("trace.json.2"), traces(4, 4));
    }

    @Test
    void tracesOfTwoSettings_areAllWritten() throws Exception {
        registry.change("m", new Change(Field.kept(), Field.of(1L), Field.kept(), Field.kept()));
        for (int i = 0; i < 6; i++) {
            RequestTrace trace = Objects.requireNonNull(registry.begin(i % 2 == 0 ? "m" : "n", null));
            trace.record(TraceActivity.REQUEST_START, trace.id() * 10);
            trace.release();
        }

        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (written() < 6 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(written()).isEqualTo(6);
    }

    @Test
    void traceThatEndsAfterItsSettings_isWritten() throws Exception {
        RequestTrace late = Objects.requireNonNull(registry.begin("m", null));
        late.record(TraceActivity.REQUEST_START, 10);
        registry.change("", new Change(Field.of(Set.of()), Field.kept(), Field.kept(), Field.kept()));
        late.release();

        await(file, traces(1, 1));
    }

    @Test
    void fileThatCannotBeWritten_costsNothingButTheTraces() throws Exception {
        file = folder.resolve("absent").resolve("trace.json");
        registry = registry(TraceSettings.UNLIMITED, 0);
        trace(3);
        files.close();

        assertThat(names()).isEmpty();
    }
}
