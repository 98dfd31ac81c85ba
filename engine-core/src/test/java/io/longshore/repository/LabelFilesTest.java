package io.longshore.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.Labels;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelInput;
import io.longshore.model.ModelOutput;
import io.longshore.tensor.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelFilesTest {
    @TempDir
    private Path repository;

    private Path model;

    @BeforeEach
    void makeModel() throws IOException {
        model = Files.createDirectories(repository.resolve("m"));
        Files.writeString(repository.resolve("secret.txt"), "secret");
    }

    @Test
    void outputsWithAFile_haveLabels() throws Exception {
        Files.writeString(model.resolve("labels.txt"), "cat\ndog\n");

        Map<String, Labels> labels = LabelFiles.read(model, config("labels.txt"));

        assertThat(labels).containsOnlyKeys("OUT");
        assertThat(labels.values()).extracting(of -> of.byteSize(1)).containsExactly(3);
    }

    @Test
    void fileInAFolderOfTheModel_isRead() throws Exception {
        Files.createDirectories(model.resolve("1"));
        Files.writeString(model.resolve("1/labels.txt"), "cat");

        assertThat(LabelFiles.read(model, config("1/labels.txt"))).containsKey("OUT");
    }

    @Test
    void linkInsideTheFolder_isFollowed() throws Exception {
        Files.writeString(Files.createDirectories(model.resolve("..data")).resolve("labels.txt"), "cat");
        Files.createSymbolicLink(model.resolve("labels.txt"), Path.of("..data", "labels.txt"));

        assertThat(LabelFiles.read(model, config("labels.txt"))).containsKey("OUT");
    }

    @Test
    void modelBehindALink_isRead() throws Exception {
        Files.writeString(model.resolve("labels.txt"), "cat");
        Path link = Files.createSymbolicLink(repository.resolve("linked"), model);

        assertThat(LabelFiles.read(link, config("labels.txt"))).containsKey("OUT");
    }

    @Test
    void missingFile_isAProblemThatNamesIt() {
        assertProblem("labels.txt", "output 'OUT': label_filename 'labels.txt' cannot be read: ");
    }

    @Test
    void folderInPlaceOfAFile_isAProblem() throws IOException {
        Files.createDirectories(model.resolve("labels"));

        assertProblem("labels", "is not a file");
    }

    @Test
    void pathOutOfTheFolder_isAProblem() {
        assertProblem("../secret.txt", "leads out of the model's folder");
    }

    @Test
    void absolutePath_isAProblem() {
        assertProblem(repository.resolve("secret.txt").toString(), "leads out of the model's folder");
    }

    @Test
    void linkOutOfTheFolder_isAProblem() throws IOException {
        Files.createSymbolicLink(model.resolve("labels.txt"), repository.resolve("secret.txt"));

        assertProblem("labels.txt", "leads out of the model's folder");
    }

    @Test
    void fileThatIsTooLarge_isAProblem() throws IOException {
        try (FileChannel file = FileChannel.open(
                model.resolve("labels.txt"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[1]), LabelFiles.MAX_BYTES);
        }

        assertProblem("labels.txt", "has more than 16777216 bytes");
    }

    private void assertProblem(String file, String text) {
        assertThatThrownBy(() -> LabelFiles.read(model, config(file)))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(text);
    }

    private static ModelConfig config(String file) throws InvalidModelConfigException {
        return ModelConfig.builder("m")
                .backend("fake")
                .inputs(List.of(ModelInput.of("IN", DataType.FP32, 1L)))
                .outputs(List.of(
                        ModelOutput.of("PLAIN", DataType.FP32, 4L),
                        new ModelOutput("OUT", DataType.FP32, List.of(4L), null, file)))
                .build();
    }
}
