package io.longshore.inference;

import org.jspecify.annotations.Nullable;

/**
 * How a model is to be loaded otherwise than the repository has it. It holds until the next load of the model.
 *
 * @param config the configuration in place of the model's own, as protobuf's JSON; null = the model's own
 * @param upload the files in place of the model's folder, which need a configuration with them; null = the folder
 */
public record LoadOverride(
        @Nullable String config, @Nullable ModelUpload upload) implements AutoCloseable {
    /** The model as the repository has it. */
    public static final LoadOverride NONE = new LoadOverride(null, null);

    /** Closes the upload, if there is one. */
    @Override
    public void close() {
        if (upload != null) {
            upload.close();
        }
    }
}
