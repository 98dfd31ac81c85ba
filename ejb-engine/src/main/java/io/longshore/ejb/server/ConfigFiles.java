package io.longshore.ejb.server;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.protocol.config.ModelConfigReader;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads {@code config.pbtxt} beside models. Thread-safe. */
final class ConfigFiles implements ModelConfigSource {
    private static final Logger LOG = System.getLogger(ConfigFiles.class.getName());

    private final ModelConfigReader reader = new ModelConfigReader();

    @Override
    public ModelConfig.Builder read(ModelFolder folder) throws InvalidModelConfigException {
        Path file = folder.configFile();
        if (file == null) {
            return ModelConfig.builder(folder.name());
        }
        ModelConfigReader.Result result = reader.read(folder.name(), text(file), file.toString());
        // Read again at every load and every look at the repository, so not for operators each time.
        result.notes().forEach(note -> LOG.log(Level.DEBUG, "model ''{0}'': {1}", folder.name(), note));
        return result.config();
    }

    private static String text(Path file) throws InvalidModelConfigException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidModelConfigException(List.of(file + " cannot be read as a text in UTF-8: " + e));
        }
    }
}
