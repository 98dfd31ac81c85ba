package io.longshore.ejb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.repository.ModelFolder;
import io.longshore.repository.ModelOverride;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {
    @TempDir
    Path folder;

    private final ConfigFiles configs = new ConfigFiles();

    @Test
    void noFile_emptyConfiguration() throws Exception {
        ModelConfig.Builder config = configs.read(model(null));

        assertThat(config.name()).isEqualTo("m");
        assertThat(config.backend()).isEmpty();
    }

    @Test
    void file_isRead() throws Exception {
        Path file = Files.writeString(folder.resolve("config.pbtxt"), "backend: \"onnxruntime\"");

        assertThat(configs.read(model(file)).backend()).contains("onnxruntime");
    }

    @Test
    void fileThatIsNoText_saysSo() throws IOException {
        Path file =
                Files.write(folder.resolve("config.pbtxt"), "name: \"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> configs.read(model(file)))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("UTF-8");
    }

    @Test
    void override_isReadInPlaceOfTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("config.pbtxt"), "backend: \"onnxruntime\" max_batch_size: 2");
        ModelFolder overridden = model(file).with(new ModelOverride("{\"backend\":\"java\"}", null));

        ModelConfig.Builder config = configs.read(overridden);

        assertThat(config.backend()).contains("java");
        assertThat(config.maxBatchSize()).isEmpty();
    }

    @Test
    void overrideThatIsInvalid_tellsAllProblemsAndNoFile() throws IOException {
        Path file = Files.writeString(folder.resolve("config.pbtxt"), "backend: \"onnxruntime\"");
        ModelFolder overridden = model(file).with(new ModelOverride("{\"max_batch_size\":-1,\"inputs\":[]}", null));

        assertThatThrownBy(() -> configs.read(overridden))
                .isInstanceOf(InvalidModelConfigException.class)
                .hasMessageContaining("config override: ModelConfig has no field 'inputs'; did you mean 'input'?")
                .hasMessageContaining("config override: max_batch_size: -1 is negative")
                .hasMessageNotContaining("config.pbtxt");
    }

    private ModelFolder model(@Nullable Path configFile) {
        return new ModelFolder("m", folder, configFile, null, new TreeMap<>(), 0);
    }
}
