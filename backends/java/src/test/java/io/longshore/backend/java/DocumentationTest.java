package io.longshore.backend.java;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.inference.Parameters;
import io.longshore.model.ModelConfig;
import io.longshore.spi.BackendContext;
import io.longshore.spi.BackendRun;
import io.longshore.spi.FakeContext;
import io.longshore.spi.RecordingItem;
import io.longshore.tensor.CountingAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code in docs/java-models.md compiles, and the first model does what the page says. */
class DocumentationTest {
    private static final Path PAGE = Path.of("../../docs/java-models.md");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private final CountingAllocator allocator = new CountingAllocator();
    private final ExecutorService threads = BackendRun.threads();

    @AfterEach
    void stop() {
        threads.shutdown();
    }

    @Test
    void firstModel_countsWords() throws Exception {
        ModelJar jar = ModelJar.in(folder.resolve("text_length"))
                .source("com.example.TextLength", codeBlocks().get(0))
                .write("text_length.jar", "com.example.TextLength");
        BackendContext context = BackendRun.context(allocator, threads);
        ModelConfig.Builder config =
                ModelConfig.builder("text_length").backend("java").parameter("long_from", "3");
        new JavaBackend().complete(config, jar.files(), context);
        RecordingItem item = new RecordingItem(
                List.of(Tensors.ofStrings(allocator, "TEXT", Shape.of(3), "one two", " a b  c ", "")),
                List.of("WORDS", "KIND"),
                FakeContext.alone(allocator),
                Parameters.NONE);

        try (BackendRun run = BackendRun.load(new JavaBackend(), config.build(), jar.files(), 1, context)) {
            run.execute(item);
        }

        assertThat(Tensors.longs(item.answer().get(0))).containsExactly(2, 3, 0);
        assertThat(Tensors.strings(item.answer().get(1))).containsExactly("short", "long", "short");
        item.release();
        assertThat(allocator.live()).isZero();
    }

    @Test
    void otherExamples_compile() throws Exception {
        ModelJar jar = ModelJar.in(folder.resolve("others"));
        List<String> blocks = codeBlocks();

        assertThat(blocks).hasSize(3);
        for (int i = 1; i < blocks.size(); i++) {
            String name = "Example" + i;
            jar.source(name, """
                    import io.longshore.backend.java.*;
                    import io.longshore.inference.*;
                    import io.longshore.model.*;
                    import io.longshore.tensor.*;
                    import java.util.*;
                    import java.util.concurrent.*;

                    class %s {
                    %s
                    }
                    """.formatted(name, blocks.get(i)));
        }
    }

    private static List<String> codeBlocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = JAVA_BLOCK.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }
}
