package io.longshore.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.onnx.proto.ModelProto;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateModelsTest {
    @Test
    void main_namedModels_writesOnlyThose(@TempDir Path repository) throws Exception {
        GenerateModels.main(new String[] {repository.toString(), "simple", "external_weights"});

        try (var folders = Files.list(repository)) {
            assertThat(folders).hasSize(2);
        }
        assertThat(repository.resolve("simple/1/model.onnx")).isNotEmptyFile();
        assertThat(repository.resolve("simple/config.pbtxt")).content().contains("max_batch_size: 8");
        assertThat(repository.resolve("external_weights/1/" + OnnxModels.EXTERNAL_FILE))
                .hasSize(64 * 4 * 4L);
        assertThat(repository.resolve("external_weights/config.pbtxt")).doesNotExist();
    }

    @Test
    void main_noNames_writesTheWholeCatalogue(@TempDir Path repository) throws Exception {
        GenerateModels.main(new String[] {repository.toString()});

        for (CatalogueModel model : CatalogueModel.all()) {
            byte[] file = Files.readAllBytes(repository.resolve(model.name()).resolve("1/model.onnx"));
            assertThat(ModelProto.parseFrom(file).getGraph().getInputCount())
                    .as(model.name())
                    .isPositive();
        }
    }

    @Test
    void main_unknownName_namesTheModelsThereAre(@TempDir Path repository) {
        assertThatThrownBy(() -> GenerateModels.main(new String[] {repository.toString(), "nothing"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("there is no model 'nothing'; names are simple,");
    }

    @Test
    void main_noFolder_tellsItsUsage() {
        assertThatThrownBy(() -> GenerateModels.main(new String[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("usage: GenerateModels OUT_DIR");
    }
}
