package io.longshore.ejb.server;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.ModelConfig;
import io.longshore.protocol.config.ModelConfigReader;
import io.longshore.repository.ModelConfigSource;
import io.longshore.repository.ModelFolder;
import io.longshore.repository.ModelOverride;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads {@code config.pbtxt} beside models, or what a load has overridden it with. Thread-safe. */
final class ConfigFiles implements ModelConfigSource {
    private static final Logger LOG = System.getLogger(ConfigFiles.class.getName());

    private final ModelConfigReader reader = new ModelConfigReader();
    private final Map<String, List<String>> told = new ConcurrentHashMap<>();

    @Override
    public ModelConfig.Builder read(ModelFolder folder) throws InvalidModelConfigException {
        ModelConfigReader.Result result = result(folder);
        tell(folder.name(), result.notes());
        return result.config();
    }

    private ModelConfigReader.Result result(ModelFolder folder) throws InvalidModelConfigException {
        ModelOverride override = folder.override();
        if (override != null) {
            return reader.readOverride(folder.name(), override.config());
        }
        Path file = folder.configFile();
        return file != null
                ? reader.read(folder.name(), text(file), file.toString())
                : new ModelConfigReader.Result(ModelConfig.builder(folder.name()), List.of());
    }

    /** Says what has no effect, but only once: a file is read several times for one load. */
    private void tell(String model, List<String> notes) {
        if (!notes.equals(told.put(model, notes))) {
            notes.forEach(note -> LOG.log(Level.WARNING, "model ''{0}'': {1}", model, note));
        }
    }

    private static String text(Path file) throws InvalidModelConfigException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidModelConfigException(List.of(file + " cannot be read as a text in UTF-8: " + e));
        }
    }
}
