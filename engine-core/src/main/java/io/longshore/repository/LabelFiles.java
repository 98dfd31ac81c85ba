package io.longshore.repository;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.model.Labels;
import io.longshore.model.ModelConfig;
import io.longshore.model.ModelOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the files that give names to the classes of outputs ({@code label_filename}). */
public final class LabelFiles {
    /** Labels of a million classes and more. */
    static final int MAX_BYTES = 16 << 20;

    private LabelFiles() {}

    /**
     * The labels of each output whose configuration names a file.
     *
     * @param folder the model's, which the files must be in, also where links lead elsewhere
     * @throws InvalidModelConfigException if a file cannot be read, is too large or is outside of the folder
     */
    public static Map<String, Labels> read(Path folder, ModelConfig config) throws InvalidModelConfigException {
        Map<String, Labels> labels = new HashMap<>();
        for (ModelOutput output : config.outputs()) {
            String file = output.labelFilename();
            if (file != null) {
                labels.put(output.name(), read(folder, output.name(), file));
            }
        }
        return labels;
    }

    private static Labels read(Path folder, String output, String file) throws InvalidModelConfigException {
        try {
            Path path = folder.resolve(file).toRealPath();
            if (!path.startsWith(folder.toRealPath())) {
                throw problem(output, file, "leads out of the model's folder; name a file inside it");
            }
            if (!Files.isRegularFile(path)) {
                throw problem(output, file, "is not a file");
            }
            return Labels.ofLines(bytes(path, output, file));
        } catch (IOException e) {
            throw problem(output, file, "cannot be read: " + e);
        }
    }

    private static byte[] bytes(Path path, String output, String file) throws IOException, InvalidModelConfigException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw problem(output, file, "has more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private static InvalidModelConfigException problem(String output, String file, String what) {
        return new InvalidModelConfigException(
                List.of("output '" + output + "': label_filename '" + file + "' " + what));
    }
}
