package io.longshore.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looking at one model of a folder repository. */
class FolderRepositoryFindTest {
    @TempDir
    private Path root;

    @BeforeEach
    void addModels() throws IOException {
        file("models/a/1/model.onnx");
        file("models/a/config.pbtxt");
        file("models/b/2/model.onnx");
    }

    private void file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, path);
    }

    private @Nullable ModelFolder find(String name, String... roots) throws IOException {
        List<Path> paths = Arrays.stream(roots).map(root::resolve).toList();
        return new FolderRepository(paths, "", "").find(name);
    }

    @Test
    void model_isFoundAsAScanFindsIt() throws IOException {
        FolderRepository repository = new FolderRepository(List.of(root.resolve("models")), "", "");

        for (String name : List.of("a", "b")) {
            assertThat(repository.find(name))
                    .isEqualTo(repository.scan().models().get(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "c", ".hidden", "a/1", "../models/a", "a\0", "config.pbtxt"})
    void otherNames_areNotFound(String name) throws IOException {
        file("models/.hidden/1/model.onnx");

        assertThat(find(name, "models")).isNull();
    }

    @Test
    void filesOfOtherModels_areNotLookedAt() throws IOException {
        // A scan would fail on it.
        Files.createSymbolicLink(root.resolve("models/loop"), root.resolve("models/loop"));

        assertThat(find("a", "models")).isNotNull();
    }

    @Test
    void modelOfTwoRepositories_isRefused() throws IOException {
        file("more/a/1/model.onnx");

        assertThatThrownBy(() -> find("a", "models", "more")).hasMessageContaining("in more than one repository");
        assertThat(find("b", "models", "more")).isNotNull();
    }

    @Test
    void rootThatIsOneModel_isFoundByItsNameAlone() throws IOException {
        file("single/config.pbtxt");
        file("single/1/model.onnx");

        assertThat(Objects.requireNonNull(find("single", "single")).versions()).containsOnlyKeys(1L);
        assertThat(find("1", "single")).isNull();
    }

    @Test
    void missingRoot_isNamed() {
        assertThatThrownBy(() -> find("a", "nowhere")).hasMessageContaining("nowhere' does not exist");
    }

    @Test
    void folderAsKServesAgentFillsIt_isAModel() throws IOException {
        file("models/flat/model.onnx");
        file("models/flat/SUCCESS.0a1b");
        file("models/deep/1/model.onnx");
        file("models/deep/SUCCESS.0a1b");

        assertThat(Objects.requireNonNull(find("flat", "models")).versions()).containsOnlyKeys(1L);
        assertThat(Objects.requireNonNull(find("deep", "models")).versions()).containsOnlyKeys(1L);
        assertThat(new FolderRepository(List.of(root.resolve("models")), "", "")
                        .scan()
                        .models())
                .containsOnlyKeys("a", "b", "deep", "flat");
    }
}
