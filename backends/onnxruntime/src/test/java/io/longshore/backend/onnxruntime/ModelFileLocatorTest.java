package io.longshore.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.spi.BackendException;
import io.longshore.spi.ModelFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileLocatorTest {
    @TempDir
    private Path folder;

    @Test
    void locate_usualName_isTaken() throws Exception {
        Files.createFile(folder.resolve("other.onnx"));
        Path usual = Files.createFile(folder.resolve("model.onnx"));

        assertThat(locate(Optional.empty())).isEqualTo(usual);
    }

    @Test
    void locate_onlyModelOfAnotherName_isTaken() throws Exception {
        Path bare = Files.createFile(folder.resolve("bert.onnx"));

        assertThat(locate(Optional.empty())).isEqualTo(bare);
    }

    @Test
    void locate_folderNamedLikeTheModel_isLookedInto() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("model.onnx")).resolve("model.onnx");
        Files.createFile(inside);

        assertThat(locate(Optional.empty())).isEqualTo(inside);
    }

    @Test
    void locate_severalModels_namesThem() throws Exception {
        Files.createFile(folder.resolve("a.onnx"));
        Files.createFile(folder.resolve("b.onnx"));

        assertThatThrownBy(() -> locate(Optional.empty()))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll("'model.onnx'", "a.onnx, b.onnx", "default_model_filename");
    }

    @Test
    void locate_configuredNameThatIsNotThere_isNamed() throws Exception {
        Files.createFile(folder.resolve("model.onnx"));

        assertThatThrownBy(() -> locate(Optional.of("gone.onnx")))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("gone.onnx");
    }

    @Test
    void locate_configuredNameThatLeadsOut_isRefused() {
        assertThatThrownBy(() -> locate(Optional.of("../model.onnx"))).isInstanceOf(BackendException.class);
    }

    private Path locate(Optional<String> name) throws BackendException {
        return ModelFileLocator.locate(new ModelFiles(folder, folder), name);
    }
}
