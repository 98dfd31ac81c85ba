package io.longshore.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderRepositoryTest {
    @TempDir
    private Path root;

    private Path file(String path) throws IOException {
        return file(path, "content");
    }

    private Path file(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, content);
    }

    private RepositorySnapshot scan(Path... roots) throws IOException {
        return new FolderRepository(List.of(roots), "", "").scan();
    }

    private ModelFolder model(String name) throws IOException {
        return Objects.requireNonNull(scan(root).models().get(name));
    }

    @Test
    void noRoots_areAnEmptyRepository() throws IOException {
        assertThat(scan().models()).isEmpty();
        assertThat(scan(root).models()).isEmpty();
    }

    @Test
    void missingRoot_isNamed() {
        assertThatThrownBy(() -> scan(root.resolve("nowhere")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere' does not exist");
    }

    @Test
    void versionFolders_arePositiveIntegersWithoutLeadingZeros() throws IOException {
        for (String version : List.of("1", "12", "02", "0", "-3", "1a", "v2", ".3", "99999999999999999999")) {
            file("m/" + version + "/model.onnx");
        }
        file("m/3");
        file("m/config.pbtxt");

        assertThat(model("m").versions()).containsOnlyKeys(1L, 12L);
        assertThat(model("m").configFile()).isEqualTo(root.resolve("m/config.pbtxt"));
        assertThat(model("m").files(12).versionFolder()).isEqualTo(root.resolve("m/12"));
    }

    @Test
    void modelFolderWithoutVersion_isVersionOne() throws IOException {
        file("m/model.onnx");
        file("n/readme.txt");

        assertThat(model("m").versions()).containsOnlyKeys(1L);
        assertThat(model("m").files(1).versionFolder()).isEqualTo(root.resolve("m"));
        assertThat(model("n").versions()).as("nothing that a model could be").isEmpty();
    }

    @Test
    void oneFile_isAModelCalledByItsNameOrItsFolder() throws IOException {
        Path bert = file("some/bert.onnx");
        Path model = file("other/model.onnx");

        assertThat(scan(bert).models()).containsOnlyKeys("bert");
        assertThat(Objects.requireNonNull(scan(bert).models().get("bert")).modelFile())
                .isEqualTo("bert.onnx");
        assertThat(scan(model).models()).containsOnlyKeys("other");
        assertThat(new FolderRepository(List.of(bert), "", "mine").scan().models())
                .containsOnlyKeys("mine");
    }

    @Test
    void rootThatIsAModel_isOneModel() throws IOException {
        file("configured/config.pbtxt");
        file("configured/1/model.onnx");
        file("versions/1/model.onnx");
        file("versions/2/model.onnx");
        file("bare/model.onnx");

        assertThat(scan(root.resolve("configured")).models()).containsOnlyKeys("configured");
        assertThat(scan(root.resolve("versions")).models()).containsOnlyKeys("versions");
        assertThat(scan(root.resolve("bare")).models()).containsOnlyKeys("bare");
    }

    @Test
    void modelsCalledByNumbersOrLikeFiles_areStillModels() throws IOException {
        file("numbers/1/1/model.onnx");
        file("numbers/2/1/model.onnx");
        file("files/bert.onnx/1/model.onnx");

        assertThat(scan(root.resolve("numbers")).models()).containsOnlyKeys("1", "2");
        assertThat(scan(root.resolve("files")).models()).containsOnlyKeys("bert.onnx");
    }

    @Test
    void dotNamesAndLooseFiles_areNoModels() throws IOException {
        file(".git/1/model.onnx");
        file("..data/1/model.onnx");
        file("README.md");
        file("m/1/model.onnx");

        assertThat(scan(root).models()).containsOnlyKeys("m");
    }

    @Test
    void sameModelInTwoRepositories_isAProblemOfThatModelAlone() throws IOException {
        file("one/m/1/model.onnx");
        file("two/m/1/model.onnx");
        file("three/m/1/model.onnx");
        file("two/n/1/model.onnx");
        RepositorySnapshot snapshot = scan(root.resolve("one"), root.resolve("two"), root.resolve("three"));

        assertThat(snapshot.models()).containsOnlyKeys("n");
        assertThat(snapshot.problems().get("m")).contains("in more than one repository");
    }

    @Test
    void alternativeConfiguration_isPreferredWhereItIs() throws IOException {
        file("m/config.pbtxt");
        file("m/configs/fast.pbtxt");
        file("n/config.pbtxt");
        FolderRepository repository = new FolderRepository(List.of(root), "fast", "");

        assertThat(Objects.requireNonNull(repository.scan().models().get("m")).configFile())
                .isEqualTo(root.resolve("m/configs/fast.pbtxt"));
        assertThat(Objects.requireNonNull(repository.scan().models().get("n")).configFile())
                .isEqualTo(root.resolve("n/config.pbtxt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "a/b", "a\\b", ".."})
    void nameOfAConfigurationThatLeaves_isRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new FolderRepository(List.of(root), name, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../other", "/etc/passwd", "a/../../x", "", ".", "a\0b"})
    void pathThatLeavesAModel_isRefused(String path) {
        ModelFiles files = new ModelFiles(root.resolve("m"), root.resolve("m/1"));

        assertThatThrownBy(() -> files.inVersion(path)).isInstanceOf(BackendException.class);
        assertThatThrownBy(() -> files.inModel(path)).isInstanceOf(BackendException.class);
    }

    @Test
    void fingerprints_changeWithTheFilesOfTheirPart() throws IOException {
        Path config = file("m/config.pbtxt");
        Path weights = file("m/1/model.onnx");
        ModelFolder before = model("m");
        assertThat(model("m")).isEqualTo(before);

        Files.setLastModifiedTime(weights, FileTime.from(Instant.ofEpochSecond(1)));
        ModelFolder touched = model("m");
        assertThat(touched.versions()).isNotEqualTo(before.versions());
        assertThat(touched.sharedFingerprint()).isEqualTo(before.sharedFingerprint());

        Files.writeString(config, "longer than before");
        ModelFolder configured = model("m");
        assertThat(configured.sharedFingerprint()).isNotEqualTo(before.sharedFingerprint());
        assertThat(configured.versions()).isEqualTo(touched.versions());

        file("m/1/nested/data.bin");
        ModelFolder grown = model("m");
        assertThat(grown.versions()).isNotEqualTo(configured.versions());
        Files.move(root.resolve("m/1/nested/data.bin"), root.resolve("m/1/nested/other.bin"));
        assertThat(model("m").versions()).as("another name").isNotEqualTo(grown.versions());
    }

    @Test
    void hiddenFiles_doNotCount() throws IOException {
        file("m/1/model.onnx");
        ModelFolder before = model("m");
        file("m/1/.model.onnx.swp");
        file("m/.DS_Store");
        file("m/.git/HEAD");

        assertThat(model("m")).isEqualTo(before);
    }

    @Test
    void links_areFollowed() throws IOException {
        file("store/v1/model.onnx");
        file("store/v2/model.onnx", "another model");
        Files.createDirectories(root.resolve("repository/m"));
        Path version = Files.createSymbolicLink(root.resolve("repository/m/1"), root.resolve("store/v1"));
        Files.createSymbolicLink(root.resolve("repository/linked"), root.resolve("repository/m"));
        RepositorySnapshot before = scan(root.resolve("repository"));
        assertThat(before.models()).containsOnlyKeys("linked", "m");
        assertThat(Objects.requireNonNull(before.models().get("m")).versions()).containsOnlyKeys(1L);

        Files.delete(version);
        Files.createSymbolicLink(version, root.resolve("store/v2"));
        assertThat(scan(root.resolve("repository")).models().get("m"))
                .isNotEqualTo(before.models().get("m"));
    }

    @Test
    void linksThatLeadNowhereOrInCircles_harmNothing() throws IOException {
        file("m/1/model.onnx");
        Files.createSymbolicLink(root.resolve("m/1/nowhere"), root.resolve("nothing"));
        Files.createSymbolicLink(root.resolve("m/1/circle"), root.resolve("m"));
        Files.createSymbolicLink(root.resolve("dangling"), root.resolve("nothing"));

        assertThat(scan(root).problems()).isEmpty();
        assertThat(model("m").versions()).containsOnlyKeys(1L);
        assertThat(model("m")).as("stable").isEqualTo(model("m"));
    }

    @Test
    void readOnlyRepository_isReadAndNothingIsWritten() throws IOException {
        assumeTrue(Files.getFileStore(root).supportsFileAttributeView("posix"));
        file("m/1/model.onnx");
        Path model = root.resolve("m");
        Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assertThat(scan(root).models()).containsOnlyKeys("m");
        } finally {
            Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void thousandModels_areScanned() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            file("model" + i + "/config.pbtxt");
            file("model" + i + "/1/model.onnx");
        }
        scan(root);
        long start = System.nanoTime();
        RepositorySnapshot snapshot = scan(root);
        System.out.printf("scan of 1,000 models: %d ms%n", (System.nanoTime() - start) / 1_000_000);

        assertThat(snapshot.models()).hasSize(1_000);
    }
}
